export function powershellEngine(wanted: { runtime: 'linux-x64' | 'win-x64' }): string;
export function missingDotnet(): string | null;
