# The ASP.NET Core hosting bundle: runtimes, IIS module, remembered options.

$moduleName = 'IIS AspNetCore Module V2'

function Get-Hosting {
    $module = "$env:ProgramFiles\IIS\Asp.Net Core Module\V2"
    $schema = "$env:SystemRoot\System32\inetsrv\config\schema\aspnetcore_schema_v2.xml"
    $runtimes = @(Get-RuntimeFolder)
    return [ordered]@{
        runtimes = @($runtimes | ForEach-Object { [ordered]@{ name = $_.Parent.Name; version = $_.Name; bits = Get-FolderBits $_ } })
        bundles = @(Get-Bundle)
        module = [ordered]@{
            registered = (Get-Value "$software\IIS Extensions\$moduleName" 'Install') -eq 1
            files = [IO.File]::Exists("$module\aspnetcorev2.dll") -and (Test-OutOfProcess $module)
            schema = [IO.File]::Exists($schema)
            configured = Test-ModuleConfigured
            eventSource = Test-Key "$serviceKeys\EventLog\Application\$moduleName"
        }
        options = Get-BundleOption
        vcRuntime = Get-Text "$software\VisualStudio\14.0\VC\Runtimes\x64" 'Version'
        changedAt = Get-NewestCreation (@("$module\aspnetcorev2.dll", $schema) + @(Get-VersionFolder $module))
    }
}

function Get-RuntimeFolder {
    foreach ($programs in $env:ProgramFiles, ${env:ProgramFiles(x86)}) {
        foreach ($name in 'Microsoft.AspNetCore.App', 'Microsoft.NETCore.App') {
            $folder = New-Object System.IO.DirectoryInfo "$programs\dotnet\shared\$name"
            if ($folder.Exists) { $folder.GetDirectories() }
        }
    }
}

function Get-FolderBits($Folder) {
    if ($Folder.FullName.StartsWith("${env:ProgramFiles(x86)}\", [StringComparison]::OrdinalIgnoreCase)) { 32 } else { 64 }
}

# The module lies in a folder of its version, which is new with each; a runtime that comes later needs no restart of IIS.
function Get-VersionFolder([string]$Module) {
    if ([IO.Directory]::Exists($Module)) { [IO.Directory]::GetDirectories($Module) }
}

function Test-OutOfProcess([string]$Module) {
    foreach ($folder in [IO.Directory]::GetDirectories($Module)) {
        if ([IO.File]::Exists("$folder\aspnetcorev2_outofprocess.dll")) { return $true }
    }
    return $false
}

# Windows Installer keeps the time of the build as the time of change; the time of creation tells when a file was laid down.
function Get-NewestCreation([string[]]$Paths) {
    $there = @($Paths | Where-Object { [IO.File]::Exists($_) -or [IO.Directory]::Exists($_) })
    $times = @($there | ForEach-Object { [IO.File]::GetCreationTimeUtc($_) })
    if ($times.Count -eq 0) { return $null }
    [Array]::Sort($times)
    return ConvertTo-UtcText $times[-1]
}

function Test-ModuleConfigured {
    $folder = Get-SharedConfiguration
    if (-not $folder) { $folder = "$env:SystemRoot\System32\inetsrv\config" }
    $file = "$folder\applicationHost.config"
    if (-not [IO.File]::Exists($file)) { return $false }
    return Get-Kept 'configured' "$file $([IO.File]::GetLastWriteTimeUtc($file).Ticks)" {
        $xml = Get-Xml ([IO.File]::ReadAllText($file))
        $module = $xml.SelectSingleNode('/configuration/system.webServer/globalModules/add[@name="AspNetCoreModuleV2"]')
        $section = $xml.SelectSingleNode('/configuration/configSections//section[@name="aspNetCore"]')
        $null -ne $module -and $null -ne $section
    }
}

# The bundle is a 32-bit program, so it registers itself in that view (dotnet/aspnetcore, WindowsHostingBundle/Bundle.wxs).
function Get-Bundle {
    foreach ($list in '.NET', '.NET Core') {
        foreach ($name in @(Get-SubKeyName "$software\Updates\$list" 32)) {
            $version = Get-Text "$software\Updates\$list\$name" 'PackageVersion' 32
            if ($name -notmatch 'Windows Server Hosting' -or -not $version) { continue }
            [ordered]@{ version = $version; cachedAt = Get-BundleCache $name }
        }
    }
}

function Get-BundleCache([string]$Name) {
    foreach ($entry in @(Get-SubKeyName "$windows\Uninstall" 32)) {
        $path = Get-Text "$windows\Uninstall\$entry" 'BundleCachePath' 32
        $isNamed = $path -and (Get-Text "$windows\Uninstall\$entry" 'DisplayName' 32) -eq $Name
        if ($isNamed -and [IO.File]::Exists($path)) { return $path }
    }
}

# Options that later bundles of the same line take over in silence, whichever view they were written to.
function Get-BundleOption {
    $options = [ordered]@{}
    foreach ($bits in 32, 64) {
        $root = "$software\dotnet\host\options"
        foreach ($line in @(Get-SubKeyName $root $bits)) {
            if (-not $options.Contains($line)) { $options[$line] = [ordered]@{} }
            foreach ($name in @(Get-ValueName "$root\$line" $bits | Where-Object { $_ -like 'OPT_NO_*' })) {
                $options[$line][$name] = [int]("$(Get-Value "$root\$line" $name $bits)" -ne '0')
            }
        }
    }
    return $options
}
