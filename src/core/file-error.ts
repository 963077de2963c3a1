/** What the system says of a failed file operation (`ENOSPC: no space left on device`), or null for any other error. */
export function fileErrorText(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const isSystemError = /^E(?!RR_)[A-Z0-9]+$/.test(error.code);
  if (!isSystemError) return null;
  return error.message.startsWith(error.code) ? error.message : `${error.code}: ${error.message}`;
}
