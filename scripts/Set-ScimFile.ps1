<#
.SYNOPSIS
    Gives one file or folder the access rights of a security descriptor, and its owner where Windows allows it; a file its times
    and attributes too.
.DESCRIPTION
    A file that is written anew has the rights of the folder it was written to, so a restored one needs its own again.
    Auditing rules are left as they are. Ends with 0, or with 1 and a sentence on standard output.
.PARAMETER Path
    The file or folder.
.PARAMETER Sddl
    The security descriptor as text, as Get-ScimFacts.ps1 prints it.
.PARAMETER Created
    When the file was created, and
.PARAMETER Changed
    when it was last written: ISO 8601, UTC. Both or none.
.PARAMETER Attributes
    Names of System.IO.FileAttributes, separated by commas.
.EXAMPLE
    .\Set-ScimFile.ps1 -Path C:\inetpub\wwwroot\SCIMConnector\appsettings.json -Sddl 'O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)'
#>
param([string]$Path, [string]$Sddl, [string]$Created, [string]$Changed, [string]$Attributes)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function New-Security([string]$Sections) {
    $type = if ([IO.Directory]::Exists($Path)) { 'DirectorySecurity' } else { 'FileSecurity' }
    $security = New-Object "System.Security.AccessControl.$type"
    $security.SetSecurityDescriptorSddlForm($Sddl, [System.Security.AccessControl.AccessControlSections]$Sections)
    return , $security
}

# Writes only the sections the descriptor was given, which Set-Acl does not: it writes all of them (PowerShell,
# FileSystemSecurity.cs), so setting the owner would clear the rights. .NET keeps the method in another place since PowerShell 6.
function Set-Security($Security) {
    $item = if ([IO.Directory]::Exists($Path)) { New-Object IO.DirectoryInfo $Path } else { New-Object IO.FileInfo $Path }
    if ($PSVersionTable.PSVersion.Major -ge 6) { [IO.FileSystemAclExtensions]::SetAccessControl($item, $Security) }
    else { $item.SetAccessControl($Security) }
}

if (-not $Path -or -not $Sddl) { "Both -Path and -Sddl are needed."; exit 1 }
if (-not [IO.File]::Exists($Path) -and -not [IO.Directory]::Exists($Path)) { "There is no file $Path."; exit 1 }
try { Set-Security (New-Security 'Access') }
catch { "The rights of $Path could not be set: $($_.Exception.GetBaseException().Message)"; exit 1 }

try { Set-Security (New-Security 'Owner') }
catch { "The rights of $Path are set; its owner could not be: $($_.Exception.GetBaseException().Message)" }

function ConvertTo-Time([string]$Text) {
    $style = [Globalization.DateTimeStyles]'RoundtripKind'
    return [DateTime]::Parse($Text, [Globalization.CultureInfo]::InvariantCulture, $style)
}

# Last, for a file that is read-only takes no times.
try {
    if ($Created) { [IO.File]::SetCreationTimeUtc($Path, (ConvertTo-Time $Created)) }
    if ($Changed) { [IO.File]::SetLastWriteTimeUtc($Path, (ConvertTo-Time $Changed)) }
    if ($Attributes) { [IO.File]::SetAttributes($Path, [System.IO.FileAttributes]$Attributes) }
} catch { "The rights of $Path are set; its times and attributes could not be: $($_.Exception.GetBaseException().Message)" }
exit 0
