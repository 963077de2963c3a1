import type { Iis, Pool, Site } from '../../src/core/facts.ts';

/** The text of applicationHost.config for these sites and pools, in the form in which IIS 10 writes it. */
export function applicationHostConfig(iis: Pick<Iis, 'sites' | 'pools'>, hasModule: boolean): string {
  const names = [...new Set(iis.sites.map((site) => site.name))];
  const sites = names.map((name, index) =>
    siteElement(
      name,
      index + 1,
      iis.sites.filter((site) => site.name === name),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <configSections>
    <sectionGroup name="system.applicationHost">
      <section name="applicationPools" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
      <section name="sites" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
    </sectionGroup>
    <sectionGroup name="system.webServer">
      <section name="globalModules" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
      <section name="handlers" overrideModeDefault="Allow" />
      <section name="modules" allowDefinition="MachineToApplication" overrideModeDefault="Deny" />
${hasModule ? '      <section name="aspNetCore" overrideModeDefault="Allow" />\n' : ''}    </sectionGroup>
  </configSections>
  <system.applicationHost>
    <applicationPools>
${iis.pools.map(poolElement).join('\n')}
    </applicationPools>
    <sites>
${sites.join('\n')}
    </sites>
  </system.applicationHost>
  <system.webServer>
    <globalModules>
      <add name="StaticFileModule" image="%windir%\\System32\\inetsrv\\static.dll" />
${hasModule ? `${moduleElement}\n` : ''}    </globalModules>
  </system.webServer>
</configuration>
`;
}

const moduleElement =
  '      <add name="AspNetCoreModuleV2" image="%ProgramFiles%\\IIS\\Asp.Net Core Module\\V2\\aspnetcorev2.dll" />';

const builtInIdentities = ['ApplicationPoolIdentity', 'LocalSystem', 'LocalService', 'NetworkService'];

function poolElement({ name, identity }: Pool): string {
  const model = builtInIdentities.includes(identity)
    ? `identityType="${identity}"`
    : `identityType="SpecificUser" userName="${escaped(identity)}"`;
  return `      <add name="${escaped(name)}" managedRuntimeVersion="">
        <processModel ${model} />
      </add>`;
}

function siteElement(name: string, id: number, applications: readonly Site[]): string {
  const bindings = new Set(applications.flatMap((site) => site.bindings));
  return `      <site name="${escaped(name)}" id="${id}" serverAutoStart="true">
${applications.map(applicationElement).join('\n')}
        <bindings>
${[...bindings].map(bindingElement).join('\n')}
        </bindings>
      </site>`;
}

function applicationElement({ application, pool, folder }: Site): string {
  return `        <application path="${escaped(application)}" applicationPool="${escaped(pool)}">
          <virtualDirectory path="/" physicalPath="${escaped(folder)}" />
        </application>`;
}

function bindingElement(binding: string): string {
  const slash = binding.indexOf('/');
  const [protocol, information] = [binding.slice(0, slash), binding.slice(slash + 1)];
  return `          <binding protocol="${protocol}" bindingInformation="${escaped(information)}" />`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
