<#
.SYNOPSIS
    Encrypts bytes so that only this server can read them, and reads them again (DPAPI, scope LocalMachine).
.DESCRIPTION
    Reads lines from standard input, fields separated by a tab, and answers each with one JSON document (ASCII) between the markers
    of Get-ScimFacts.ps1 on standard output, until the input ends:

        protect    <bytes in base64>
        unprotect  <bytes in base64>

    Nothing is written to any file, and no value stands in a command line. An answer without bytes says that it could not be
    done. Everybody on this server who may read what was encrypted can read it again: it belongs in a folder that is protected.
#>
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Says with what the bytes were encrypted, so that nothing else of this server is taken for ours.
$entropy = [System.Text.Encoding]::ASCII.GetBytes('scim-setup resume')

# Windows PowerShell has not loaded this assembly by itself.
function Open-ProtectedData { $null = [System.Reflection.Assembly]::LoadWithPartialName('System.Security') }

# In one piece and without a cmdlet: where modules are logged, PowerShell logs what its commands are handed.
$lines = New-Object System.IO.StreamReader ([Console]::OpenStandardInput()), (New-Object System.Text.UTF8Encoding $false)
while ($null -ne ($line = $lines.ReadLine())) {
    $done = ''
    try {
        Open-ProtectedData
        $fields = $line.Split("`t")
        $scope = [System.Security.Cryptography.DataProtectionScope]'LocalMachine'
        $bytes = [Convert]::FromBase64String($fields[1])
        if ($fields[0] -ceq 'protect') { $done = [Convert]::ToBase64String([System.Security.Cryptography.ProtectedData]::Protect($bytes, $entropy, $scope)) }
        if ($fields[0] -ceq 'unprotect') { $done = [Convert]::ToBase64String([System.Security.Cryptography.ProtectedData]::Unprotect($bytes, $entropy, $scope)) }
    } catch {
        # The message of an error could quote what it is about.
        $done = ''
    }
    [Console]::Out.Write("===SCIM-FACTS-BEGIN===`n{`"schema`":1,`"bytes`":`"$done`"}`n===SCIM-FACTS-END===`n")
    [Console]::Out.Flush()
}
exit 0
