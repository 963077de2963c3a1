// Where the hosting bundle lays its parts (dotnet/aspnetcore: ANCMV2/aspnetcoremodulev2.wxs, SharedFrameworkLib).

/** What the ASP.NET Core Module is loaded from. */
export const moduleFile = 'C:\\Program Files\\IIS\\Asp.Net Core Module\\V2\\aspnetcorev2.dll';

/**
 * What runs applications in a process of their own. On Windows its folder has the module's own version, which only the
 * release notes set beside the bundle's; here the bundle's stands for it.
 */
export function outOfProcessFile(version: string): string {
  return `C:\\Program Files\\IIS\\Asp.Net Core Module\\V2\\${version}\\aspnetcorev2_outofprocess.dll`;
}

/** What tells IIS the section of the module. */
export const schemaFile = 'C:\\Windows\\System32\\inetsrv\\config\\schema\\aspnetcore_schema_v2.xml';

/** Folder of the shared frameworks for 64 or 32 bits. */
export function frameworksFolder(bits: 32 | 64): string {
  return `C:\\Program Files${bits === 32 ? ' (x86)' : ''}\\dotnet\\shared`;
}
