import type { Iis, Pool, Site } from '../core/facts.ts';
import { addApplication, addNamed, addPool, addSite, type Edit, inOrder, setProcessModel } from './host-edit.ts';

/** What enabling IIS-WebServer lays down, less the long lists that nothing here looks at: comments, foreign sections and defaults stay in. */
export const newHostConfig = `<?xml version="1.0" encoding="UTF-8"?>
<!--
    The sections of this server. Where a site may change one, its overrideModeDefault is "Allow".
-->
<configuration>
    <configSections>
        <sectionGroup name="system.applicationHost">
            <section name="applicationPools" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
            <section name="listenerAdapters" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
            <section name="log" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
            <section name="sites" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
            <section name="webLimits" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
        </sectionGroup>
        <sectionGroup name="system.webServer">
            <section name="globalModules" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
            <section name="handlers" overrideModeDefault="Deny" />
            <section name="modules" allowDefinition="MachineToApplication" overrideModeDefault="Deny" />
        </sectionGroup>
    </configSections>
    <configProtectedData>
        <providers>
            <add name="IISWASOnlyAesProvider" type="Microsoft.ApplicationHost.AesProtectedConfigurationProvider" description="Uses an AES session key to encrypt and decrypt" keyContainerName="iisWasKey" cspProviderName="" useOAEP="false" useMachineContainer="true" />
        </providers>
    </configProtectedData>
    <system.applicationHost>
        <applicationPools>
            <add name="DefaultAppPool" />
            <applicationPoolDefaults managedRuntimeVersion="v4.0">
                <processModel identityType="ApplicationPoolIdentity" />
            </applicationPoolDefaults>
        </applicationPools>
        <!-- Kept by the tools of IIS; not to be edited by hand. -->
        <customMetadata />
        <listenerAdapters>
            <add name="http" />
        </listenerAdapters>
        <log>
            <centralW3CLogFile enabled="true" directory="%SystemDrive%\\inetpub\\logs\\LogFiles" />
        </log>
        <sites>
            <site name="Default Web Site" id="1" serverAutoStart="true">
                <application path="/">
                    <virtualDirectory path="/" physicalPath="%SystemDrive%\\inetpub\\wwwroot" />
                </application>
                <bindings>
                    <binding protocol="http" bindingInformation="*:80:" />
                </bindings>
            </site>
            <siteDefaults>
                <logFile logFormat="W3C" directory="%SystemDrive%\\inetpub\\logs\\LogFiles" />
            </siteDefaults>
            <applicationDefaults applicationPool="DefaultAppPool" />
            <virtualDirectoryDefaults allowSubDirConfig="true" />
        </sites>
        <webLimits />
    </system.applicationHost>
    <system.webServer>
        <globalModules>
            <add name="UriCacheModule" image="%windir%\\System32\\inetsrv\\cachuri.dll" />
        </globalModules>
        <handlers accessPolicy="Read, Script">
            <add name="StaticFile" path="*" verb="*" modules="StaticFileModule,DefaultDocumentModule" resourceType="Either" requireAccess="Read" />
        </handlers>
    </system.webServer>
</configuration>
`.replaceAll('\n', '\r\n');

/** The native modules of some features, by the names that setup gives to the features' components (iis-docs: globalModules). */
const modules: Readonly<Record<string, readonly [name: string, file: string]>> = {
  StaticContent: ['StaticFileModule', 'static.dll'],
  DefaultDocument: ['DefaultDocumentModule', 'defdoc.dll'],
  DirectoryBrowse: ['DirectoryListingModule', 'dirlist.dll'],
  HttpErrors: ['CustomErrorModule', 'custerr.dll'],
  HttpLogging: ['HttpLoggingModule', 'loghttp.dll'],
  RequestFiltering: ['RequestFilteringModule', 'modrqflt.dll'],
  WebSockets: ['WebSocketModule', 'iiswsock.dll'],
};

/** Registers the modules of features that have been enabled. */
export function addModules(components: readonly string[]): Edit {
  return inOrder(
    components.flatMap((component) => {
      const [name, file] = modules[component] ?? [];
      return name === undefined ? [] : [addModule(name, `%windir%\\System32\\inetsrv\\${file}`)];
    }),
  );
}

/** What the hosting bundle adds: the section and the module (dotnet/aspnetcore, ANCMV2/aspnetcoremodulev2.wxs). */
export const addAspNetCore: Edit = inOrder([
  addToSections,
  addModule('AspNetCoreModuleV2', '%ProgramFiles%\\IIS\\Asp.Net Core Module\\V2\\aspnetcorev2.dll'),
]);

/** A file with these sites and pools, and for the rest that of a new IIS: for a server that is made from facts. */
export function hostConfigOf(iis: Iis, isHosting: boolean): string {
  const names = [...new Set(iis.sites.map((site) => site.name))];
  const edits = [
    ...iis.pools.flatMap(poolEdits),
    ...names.flatMap((name) => siteEdits(iis.sites.filter((site) => site.name === name))),
    addModules(iis.components),
    ...(isHosting ? [addAspNetCore] : []),
  ];
  return inOrder(edits)(bareHostConfig);
}

const bareHostConfig = newHostConfig
  .replace(/\s*<add name="DefaultAppPool" \/>/, '')
  .replace(/\s*<site name="Default Web Site"[\s\S]*?<\/site>/, '');

function poolEdits({ name, identity }: Pool): Edit[] {
  if (identity === 'ApplicationPoolIdentity') return [addPool(name)];
  const account = identity.startsWith('SpecificUser:') ? identity.slice('SpecificUser:'.length) : null;
  const model =
    account === null
      ? { identityType: identity }
      : { identityType: 'SpecificUser', userName: account, password: encrypted('made from facts') };
  return [addPool(name), setProcessModel(name, model)];
}

function siteEdits(applications: readonly Site[]): Edit[] {
  const root = applications.find((one) => one.application === '/') ?? applications[0];
  if (!root) return [];
  const others = applications.filter((one) => one !== root);
  return [addSite(root), ...others.map((one) => addApplication(one, one.folder, one.pool))];
}

/** A password as it stands in the file: encrypted by a key that only this server has (iis-docs: configProtectedData). */
export function encrypted(password: string): string {
  const secret = Buffer.from(password, 'utf8').map((byte) => byte ^ 0xa5);
  return `[enc:IISWASOnlyAesProvider:${Buffer.from(secret).toString('base64')}:enc]`;
}

function addToSections(text: string): string {
  const section = '<section name="aspNetCore" overrideModeDefault="Allow" />';
  return text.includes('<section name="aspNetCore"')
    ? text
    : text.replace(/(\s*)(<section name="modules"[^>]*>)/, `$1$2$1${section}`);
}

function addModule(name: string, image: string): Edit {
  return addNamed(['system.webServer', 'globalModules'], name, `<add name="${name}" image="${image}" />`);
}
