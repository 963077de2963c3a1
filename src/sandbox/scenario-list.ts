/** Every scenario in the order of the documentation, with what it is: the command line's help and the README are made of it. */
export const scenarioList = [
  { name: 'fresh', what: 'Server 2019 on which nothing has been installed' },
  { name: 'iis-only', what: 'IIS, and nothing else' },
  { name: 'bundle-before-iis', what: 'the hosting bundle was installed before IIS, so that it left the module out' },
  { name: 'shared-config', what: 'IIS takes its configuration from a share' },
  { name: '2012r2', what: 'Server 2012 R2 with IIS and PowerShell 4.0, without the Visual C++ runtime' },
  { name: 'scim-4.1', what: '4.1.0 with settings entered, as a standard installation' },
  { name: 'scim-4.1-no-bundle', what: 'the same without a hosting bundle' },
  { name: 'scim-3.2', what: '3.2.0: settings in the older format' },
  { name: 'scim-2.5', what: '2.5.0: the key of its settings stands in web.config' },
  { name: 'multi-instance', what: '4.1.0 that shares its config with another server in \\\\FILESRV\\SCIM' },
  { name: 'same-version', what: '4.4.4 with settings entered' },
  { name: 'newer', what: '5.0.0 on .NET 8' },
  { name: 'own-folder', what: '4.1.0 on drive D:' },
  { name: 'own-ports', what: '4.1.0 on ports 9443 and 9080; another site has 443 and 80' },
  { name: 'virtual-directory', what: '4.1.0 as an application under Default Web Site' },
  { name: 'renamed-site', what: '4.1.0, its site renamed by hand' },
  { name: 'shared-pool', what: '4.1.0, its pool also runs another site' },
  { name: 'shared-port', what: '4.1.0, another site uses the certificate of its port' },
  { name: 'stopped-pool', what: '4.1.0, its pool stopped long ago' },
  { name: 'pool-account', what: '4.1.0, its pool runs under an account whose password only IIS knows' },
  { name: 'per-user', what: '4.1.0 installed for one user only' },
  { name: '32-bit', what: '4.1.0 for 32 bits' },
  { name: 'broken', what: '4.4.4, some of its files gone' },
  { name: 'broken-package', what: '4.4.4, the package that Windows Installer kept gone' },
  { name: 'damaged-package', what: '4.1.0, the package that Windows Installer kept damaged' },
  { name: 'external-cabinet', what: '4.1.0 from a package with its cabinet beside it, which Windows does not keep' },
  { name: 'duplicate', what: '4.1.0 for 32 bits and 4.4.4 for 64 registered, in one folder' },
  { name: 'duplicate-fourth-field', what: '4.4.4 and 4.4.4.1 registered, in one folder' },
  { name: 'leftovers', what: 'settings and logs of 4.1.0 in its folder, no product' },
  { name: 'leftover-site', what: 'site and pool of 4.1.0, no files and no product' },
  { name: 'suspended', what: 'the power went in an upgrade to 4.4.4; settled, 4.1.0 comes back' },
  { name: 'suspended-none', what: 'the same, after 4.1.0 had been removed for good; settled, no product is left' },
  { name: 'suspended-both', what: 'the power went as one of two products was uninstalled; settled, both are there' },
] as const;

export type ScenarioName = (typeof scenarioList)[number]['name'];

/** The names of the scenarios, in the order of the documentation. */
export function scenarioNames(): readonly ScenarioName[] {
  return scenarioList.map((one) => one.name);
}

/** Whether a word names a scenario. */
export function isScenario(name: string): name is ScenarioName {
  return scenarioList.some((one) => one.name === name);
}
