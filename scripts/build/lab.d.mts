export function wineEnvironment(prefix: string): Record<string, string>;
export function labTemplate(): string;
export function copyTemplate(template: string, prefix: string): void;
