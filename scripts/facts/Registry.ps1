# The registry of the local machine; a key or value that is not there gives nothing.

$software = 'SOFTWARE\Microsoft'
$windows = "$software\Windows\CurrentVersion"
$serviceKeys = 'SYSTEM\CurrentControlSet\Services'

function Open-Key([string]$Path, [int]$Bits = 64) {
    return [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', "Registry$Bits").OpenSubKey($Path)
}

function Test-Key([string]$Path, [int]$Bits = 64) { $null -ne (Open-Key $Path $Bits) }

function Get-SubKeyName([string]$Path, [int]$Bits = 64) {
    $key = Open-Key $Path $Bits
    if ($null -ne $key) { $key.GetSubKeyNames() }
}

function Get-ValueName([string]$Path, [int]$Bits = 64) {
    $key = Open-Key $Path $Bits
    if ($null -ne $key) { $key.GetValueNames() }
}

function Get-Value([string]$Path, [string]$Name, [int]$Bits = 64) {
    $key = Open-Key $Path $Bits
    if ($null -ne $key) { return $key.GetValue($Name) }
}

function Get-Text([string]$Path, [string]$Name, [int]$Bits = 64) {
    $value = Get-Value $Path $Name $Bits
    if ($value) { return [string]$value }
}
