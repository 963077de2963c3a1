<#
.SYNOPSIS
    Prints what this server looks like to scim-setup. Changes nothing and decides nothing.
.DESCRIPTION
    Reads lines from standard input (UTF-8, fields separated by tabs) and answers each with one JSON document (ASCII) between
    two markers on standard output, until the input ends:

        look <regex over product names> <upgrade codes, separated by commas> [again]
        acl  <path> <path> ...
        file <path>
        signature <path>
        process <id>
        oem

    "again" reads the Windows features anew even if nothing seems to have changed. A reading that fails says why and leaves
    the others alone. For Windows PowerShell 4.0 and later, in the 64-bit process.
#>
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$documentBegin = '===SCIM-FACTS-BEGIN==='
$documentEnd = '===SCIM-FACTS-END==='

# Constrained language allows no .NET and little else, so this comes first and prints by the pipeline alone.
$languageMode = $ExecutionContext.SessionState.LanguageMode.ToString()
if ($languageMode -ne 'FullLanguage') {
    $why = "PowerShell runs in the language mode $languageMode on this server, which does not allow to read it"
    $unread = foreach ($name in 'machine', 'restart', 'installer', 'features', 'iis', 'hosting', 'products') {
        '"' + $name + '":{"known":false,"why":"' + $why + '"}'
    }
    $documentBegin
    '{"schema":1,"takenAt":"' + [DateTime]::UtcNow.ToString('s') + 'Z",' + ($unread -join ',') + '}'
    $documentEnd
    exit 0
}

foreach ($part in 'Text', 'Reading', 'Registry', 'Server', 'Features', 'Dependents', 'Iis', 'Hosting', 'Products', 'Signature') {
    . ([IO.Path]::Combine($PSScriptRoot, 'facts', "$part.ps1"))
}

function Get-Look([string[]]$Fields) {
    $name = New-Object System.Text.RegularExpressions.Regex $Fields[1], 'IgnoreCase, CultureInvariant'
    $codes = @($Fields[2].Split(',') | Where-Object { $_ -ne '' })
    if (@($codes | Where-Object { $_ -notmatch '^\{[0-9A-Fa-f-]{36}\}$' }).Count -gt 0) { throw 'an upgrade code is no GUID in braces' }
    return [ordered]@{
        schema = 1
        takenAt = ConvertTo-UtcText ([DateTime]::UtcNow)
        machine = Get-Reading { Get-Machine }
        restart = Get-Reading { Get-Restart }
        installer = Get-Reading { Get-Installer }
        features = Get-Reading { Get-Features ($Fields.Count -gt 3 -and $Fields[3] -eq 'again') }
        iis = Get-Reading { Get-Iis }
        hosting = Get-Reading { Get-Hosting }
        products = Get-Reading { Get-Products $name $codes }
    }
}

function Get-Sddl([string]$Path) {
    if (-not [IO.File]::Exists($Path) -and -not [IO.Directory]::Exists($Path)) { throw "there is no file $Path" }
    $sections = [System.Security.AccessControl.AccessControlSections]'Access, Owner, Group'
    # The type for files would leave out what a folder hands down.
    $type = if ([IO.Directory]::Exists($Path)) { 'DirectorySecurity' } else { 'FileSecurity' }
    return (New-Object "System.Security.AccessControl.$type" $Path, $sections).GetSecurityDescriptorSddlForm($sections)
}

function Get-Acls([string[]]$Paths) {
    $acl = [ordered]@{}
    foreach ($path in $Paths) { $acl[$path] = Get-Reading { Get-Sddl $path } }
    return [ordered]@{ schema = 1; acl = $acl }
}

function Get-File([string]$Path) {
    $file = New-Object IO.FileInfo $Path
    if (-not $file.Exists) { throw "there is no file $Path" }
    return [ordered]@{
        size = $file.Length
        createdAt = $file.CreationTimeUtc.ToString('o')
        changedAt = $file.LastWriteTimeUtc.ToString('o')
        attributes = @($file.Attributes.ToString().Split(',') | ForEach-Object { $_.Trim() })
    }
}

# What has ended is null, and so is what may not be looked at, which is so of no child of ours.
function Get-RunningProcess([int]$Id) {
    try {
        $process = [Diagnostics.Process]::GetProcessById($Id)
        if ($process.HasExited) { return $null }
        return [ordered]@{ startedAt = ConvertTo-UtcText $process.StartTime }
    }
    catch [ArgumentException] { return $null }
    catch [InvalidOperationException] { return $null }
    catch [ComponentModel.Win32Exception] { return $null }
}

function Get-Answer([string]$Line) {
    $fields = $Line.Split("`t")
    try {
        if ($fields[0] -ceq 'look' -and $fields.Count -ge 3) { return Get-Look $fields }
        if ($fields[0] -ceq 'oem') { return [ordered]@{ schema = 1; oem = [int](Get-Text 'SYSTEM\CurrentControlSet\Control\Nls\CodePage' 'OEMCP') } }
        if ($fields[0] -ceq 'file' -and $fields.Count -eq 2) { return [ordered]@{ schema = 1; file = Get-Reading { Get-File $fields[1] } } }
        if ($fields[0] -ceq 'acl' -and $fields.Count -ge 2) { return Get-Acls $fields[1..($fields.Count - 1)] }
        if ($fields[0] -ceq 'signature' -and $fields.Count -eq 2) { return [ordered]@{ schema = 1; signature = Get-Reading { Get-Signature $fields[1] } } }
        if ($fields[0] -ceq 'process' -and $fields.Count -eq 2) {
            $id = [int]$fields[1]
            return [ordered]@{ schema = 1; process = Get-Reading { Get-RunningProcess $id } }
        }
        return [ordered]@{ schema = 1; error = "The reader does not understand the line '$($fields[0])' with $($fields.Count) fields." }
    } catch {
        return [ordered]@{ schema = 1; error = "The line '$($fields[0])' could not be answered: $(Get-Why $_)" }
    }
}

# Not [Console]::In: it decodes by the code page of the console.
$lines = New-Object System.IO.StreamReader ([Console]::OpenStandardInput()), (New-Object System.Text.UTF8Encoding $false)
while ($null -ne ($line = $lines.ReadLine())) {
    $document = ConvertTo-JsonText (Get-Answer $line)
    [Console]::Out.Write("$documentBegin`n$document`n$documentEnd`n")
    [Console]::Out.Flush()
}
exit 0
