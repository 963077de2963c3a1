/** What stands encrypted in the config for the pool's account: it must not be seen outside of it. */
export const encryptedPassword = '[enc:IISWASOnlyAesProvider:c2VjcmV0LW9mLXRoZS1wb29s:enc]';

/** An applicationHost.config as IIS 10 writes it, with all that is of no interest here left in where it could confuse. */
export const applicationHostConfig = `\uFEFF<?xml version="1.0" encoding="UTF-8"?>
<!-- IIS configuration sections. -->
<configuration>
    <configSections>
        <sectionGroup name="system.applicationHost">
            <section name="applicationPools" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
            <section name="sites" allowDefinition="AppHostOnly" overrideModeDefault="Deny" />
        </sectionGroup>
    </configSections>
    <configProtectedData>
        <providers>
            <add name="IISWASOnlyAesProvider" type="Microsoft.ApplicationHost.AesProtectedConfigurationProvider" />
        </providers>
    </configProtectedData>
    <system.applicationHost>
        <applicationPools>
            <add name="DefaultAppPool" />
            <add name="SCIMConnectorAppPool" autoStart="true" managedRuntimeVersion="">
                <processModel identityType="SpecificUser" userName="CORP\\svc-scim" password="${encryptedPassword}" />
            </add>
            <add name="Shared &amp; Old">
                <processModel identityType="LocalSystem" />
            </add>
            <applicationPoolDefaults managedRuntimeVersion="v4.0">
                <processModel identityType="NetworkService" loadUserProfile="true" setProfileEnvironment="false" />
            </applicationPoolDefaults>
        </applicationPools>
        <listenerAdapters>
            <add name="http" />
        </listenerAdapters>
        <sites>
            <site name="Default Web Site" id="1" serverAutoStart="true">
                <application path="/">
                    <virtualDirectory path="/" physicalPath="%SystemDrive%\\inetpub\\wwwroot" />
                    <virtualDirectory path="/files" physicalPath="D:\\files" userName="CORP\\reader" password="${encryptedPassword}" />
                </application>
                <application path="/SCIMConnector" applicationPool="SCIMConnectorAppPool">
                    <virtualDirectory path="/" physicalPath="C:\\Program Files\\Delinea\\SCIMConnector" />
                </application>
                <bindings>
                    <binding protocol="http" bindingInformation="*:80:" />
                    <binding protocol="https" bindingInformation="*:443:scim.corp.test" sslFlags="1" />
                </bindings>
            </site>
            <site name="Intranet" id="2">
                <application path="/">
                    <virtualDirectory path="/" physicalPath="D:\\intranet" />
                </application>
                <application path="/old" applicationPool="DefaultAppPool">
                    <virtualDirectory path="/" physicalPath="D:\\intranet\\old" />
                </application>
                <applicationDefaults applicationPool="Shared &amp; Old" />
                <bindings>
                    <binding protocol="http" bindingInformation="*:8080:" />
                </bindings>
            </site>
            <siteDefaults>
                <logFile logFormat="W3C" directory="%SystemDrive%\\inetpub\\logs\\LogFiles" />
            </siteDefaults>
            <applicationDefaults applicationPool="SCIMConnectorAppPool" />
            <virtualDirectoryDefaults allowSubDirConfig="true" />
        </sites>
        <webLimits />
    </system.applicationHost>
    <system.webServer>
        <globalModules>
            <add name="AspNetCoreModuleV2" image="%ProgramFiles%\\IIS\\Asp.Net Core Module\\V2\\aspnetcorev2.dll" />
        </globalModules>
    </system.webServer>
    <location path="Default Web Site/SCIMConnector">
        <system.webServer />
    </location>
</configuration>
`;

/** What IIS itself told of the states in that config. */
export const states = {
  siteStates: { 'Default Web Site': 'started', Intranet: 'stopped' },
  poolStates: { DefaultAppPool: 'started', SCIMConnectorAppPool: 'started', 'Shared & Old': 'stopped' },
  workers: ['SCIMConnectorAppPool', 'DefaultAppPool', 'SCIMConnectorAppPool'],
} as const;
