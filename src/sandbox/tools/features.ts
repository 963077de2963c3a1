/** A Windows feature by its DISM name: what it stands under, and its names under InetStp\Components. */
type Feature = { readonly parents: readonly string[]; readonly components: readonly string[] };

const server = 'IIS-WebServer';
const common = 'IIS-CommonHttpFeatures';
const health = 'IIS-HealthAndDiagnostics';
const security = 'IIS-Security';
const performance = 'IIS-Performance';
const development = 'IIS-ApplicationDevelopment';
const management = 'IIS-WebServerManagementTools';

const under = (parent: string | readonly string[], ...components: string[]): Feature => ({
  parents: typeof parent === 'string' ? [parent] : parent,
  components,
});

/**
 * Features with their parents (learn.microsoft.com: IIS optional features by DISM; peers 3.3) and the component names that
 * setup writes (iis-docs: Discover Installed Components).
 */
export const featureTree: Readonly<Record<string, Feature>> = {
  'IIS-WebServerRole': under([]),
  [server]: under('IIS-WebServerRole', 'CoreWebEngine', 'W3SVC', 'ProcessModel'),
  [common]: under(server),
  'IIS-StaticContent': under(common, 'StaticContent'),
  'IIS-DefaultDocument': under(common, 'DefaultDocument'),
  'IIS-DirectoryBrowsing': under(common, 'DirectoryBrowse'),
  'IIS-HttpErrors': under(common, 'HttpErrors'),
  'IIS-HttpRedirect': under(common, 'HttpRedirect'),
  [health]: under(server),
  'IIS-HttpLogging': under(health, 'HttpLogging'),
  'IIS-RequestMonitor': under(health, 'RequestMonitor'),
  'IIS-HttpTracing': under(health, 'HttpTracing'),
  [security]: under(server),
  'IIS-RequestFiltering': under(security, 'RequestFiltering'),
  'IIS-WindowsAuthentication': under(security, 'WindowsAuthentication'),
  [performance]: under(server),
  'IIS-HttpCompressionStatic': under(performance, 'HttpCompressionStatic'),
  'IIS-HttpCompressionDynamic': under(performance, 'HttpCompressionDynamic'),
  [development]: under(server),
  'IIS-WebSockets': under(development, 'WebSockets'),
  'IIS-ApplicationInit': under(development, 'ApplicationInit'),
  'IIS-ISAPIExtensions': under(development, 'ISAPIExtensions'),
  'IIS-ISAPIFilter': under(development, 'ISAPIFilter'),
  'IIS-NetFxExtensibility45': under([development, 'NetFx4Extended-ASPNET45'], 'NetFxExtensibility45'),
  'IIS-ASPNET45': under(['IIS-NetFxExtensibility45', 'IIS-ISAPIExtensions', 'IIS-ISAPIFilter'], 'ASPNET45'),
  [management]: under('IIS-WebServerRole'),
  'IIS-ManagementConsole': under(management, 'ManagementConsole'),
  'IIS-ManagementScriptingTools': under(management, 'ManagementScriptingTools'),
  'NetFx4Extended-ASPNET45': under([]),
};

/** A feature with everything it stands under, parents first; null if the tree does not know it. */
export function withParents(name: string): readonly string[] | null {
  const feature = featureTree[name];
  if (!feature) return null;
  const above = feature.parents.map(withParents);
  return above.some((one) => one === null) ? null : [...new Set([...above.flatMap((one) => one ?? []), name])];
}
