<#
.SYNOPSIS
    Installs a package of Windows Installer with properties that nobody else may see.
.DESCRIPTION
    A property in the command line of msiexec stands in the list of processes and in the log of security events. Here they come
    by standard input (UTF-8), a line each: the package, the log, the letters of what is logged, how many of the properties
    are secret, the properties as NAME=value, the secret ones first, and "end". Where the log holds a secret nevertheless, it
    is overwritten with stars. Ends with the code that msiexec would end with, or with 1639 where the request was cut off.

    The functions of msi.dll are called themselves: the COM object WindowsInstaller.Installer has one error for all codes, and
    does not tell that a restart is required. For Windows PowerShell 4.0 and later, in full language.
.EXAMPLE
    .\Install-ScimPackage.ps1 < request.txt
#>
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$noDialogs = 2
$wrongRequest = 1639
$notCalled = 1627
$utf8 = New-Object System.Text.UTF8Encoding $false
$logModes = @{ m = 0x1; e = 0x2; w = 0x4; i = 0x8; u = 0x10; o = 0x80; a = 0x100; r = 0x200; p = 0x400; c = 0x800; v = 0x1000 }

function New-ApiMethod($Type, [string]$Name, [Type[]]$Parameters) {
    $attributes = [System.Reflection.MethodAttributes]'Public, Static, PinvokeImpl'
    $standard = [System.Reflection.CallingConventions]'Standard'
    $native = [System.Runtime.InteropServices.CallingConvention]'Winapi'
    $characters = [System.Runtime.InteropServices.CharSet]'Unicode'
    $method = $Type.DefinePInvokeMethod($Name, 'msi.dll', $attributes, $standard, [int], $Parameters, $native, $characters)
    $method.SetImplementationFlags([System.Reflection.MethodImplAttributes]'PreserveSig')
}

# Add-Type would compile a library into a temporary folder, which application control may forbid.
function New-InstallerApi {
    $name = New-Object System.Reflection.AssemblyName 'ScimSetupInstaller'
    $run = [System.Reflection.Emit.AssemblyBuilderAccess]'Run'
    $module = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly($name, $run).DefineDynamicModule('ScimSetupInstaller')
    $type = $module.DefineType('Api', [System.Reflection.TypeAttributes]'Public, Class')
    New-ApiMethod $type 'MsiSetInternalUI' @([int], [IntPtr])
    New-ApiMethod $type 'MsiEnableLogW' @([int], [string], [int])
    New-ApiMethod $type 'MsiInstallProductW' @([string], [string])
    return $type.CreateType()
}

# In one piece and without a cmdlet: where modules are logged, PowerShell logs what its commands are handed.
function Read-Request {
    $lines = (New-Object System.IO.StreamReader ([Console]::OpenStandardInput()), $utf8).ReadToEnd().Replace("`r`n", "`n").Split("`n")
    $last = [Array]::LastIndexOf($lines, 'end')
    if ($last -lt 5) { return $null }
    $request = @{ package = $lines[0]; log = $lines[1]; modes = 0; properties = ''; secrets = @() }
    foreach ($letter in $lines[2].ToCharArray()) { $request.modes = $request.modes -bor $logModes["$letter"] }
    for ($i = 4; $i -lt $last; $i++) {
        $cut = $lines[$i].IndexOf('=')
        # In quotes, a quote inside doubled (Windows Installer, command-line options).
        $value = $lines[$i].Substring($cut + 1).Replace('"', '""')
        $request.properties += $lines[$i].Substring(0, $cut) + '="' + $value + '" '
        if ($i -lt 4 + [int]$lines[3]) { $request.secrets += @($value, $lines[$i].Substring($cut + 1)) }
    }
    return $request
}

# The bytes of a secret in each form in which a log may hold it become stars.
function Set-Stars([string]$Log, [string[]]$Secrets) {
    $bytes = [System.Text.Encoding]::GetEncoding('iso-8859-1')
    $before = $bytes.GetString([IO.File]::ReadAllBytes($Log))
    $after = $before
    foreach ($secret in $Secrets) {
        foreach ($form in [System.Text.Encoding]::Unicode, $utf8, [System.Text.Encoding]::Default, $bytes) {
            $found = $bytes.GetString($form.GetBytes($secret))
            $star = if ($form -eq [System.Text.Encoding]::Unicode) { "*`0" } else { '*' }
            $after = $after.Replace($found, $star * ($found.Length / $star.Length))
        }
    }
    if ($after -cne $before) { [IO.File]::WriteAllBytes($Log, $bytes.GetBytes($after)) }
}

# A virus scanner may hold the log for seconds; a log that cannot be cleaned is removed.
function Set-CleanLog([string]$Log, [string[]]$Secrets) {
    for ($attempt = 1; [IO.File]::Exists($Log) -and $attempt -le 20; $attempt++) {
        try { Set-Stars $Log $Secrets; return } catch { [System.Threading.Thread]::Sleep(500) }
    }
    if ([IO.File]::Exists($Log)) { [IO.File]::Delete($Log) }
}

$code = $notCalled
try {
    $request = Read-Request
    if ($null -eq $request) { 'The request was cut off.'; exit $wrongRequest }
    $api = New-InstallerApi
    $null = $api.GetMethod('MsiSetInternalUI').Invoke($null, @($noDialogs, [IntPtr]::Zero))
    if ($api.GetMethod('MsiEnableLogW').Invoke($null, @($request.modes, $request.log, 0)) -ne 0) { exit 1622 }
    $code = $api.GetMethod('MsiInstallProductW').Invoke($null, @($request.package, $request.properties))
    $null = $api.GetMethod('MsiEnableLogW').Invoke($null, @(0, $null, 0))
    Set-CleanLog $request.log $request.secrets
} catch {
    # The message of an error could quote what it is about.
    "Windows Installer could not be called, or its log not be cleaned: $($_.Exception.GetBaseException().GetType().Name)"
}
exit $code
