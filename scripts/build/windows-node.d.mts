export function windowsNode(): string;
