# Products that Windows Installer has registered.

$installerKey = "$windows\Installer"

function Get-Products([regex]$Name, [string[]]$UpgradeCodes) {
    $ours = @($UpgradeCodes | ForEach-Object { Get-ProductOfCode (ConvertTo-PackedGuid $_) })
    $products = foreach ($sid in @(Get-SubKeyName "$installerKey\UserData")) {
        foreach ($packed in @(Get-SubKeyName "$installerKey\UserData\$sid\Products")) {
            # A half-registered product has no such key.
            $displayName = Get-Text "$installerKey\UserData\$sid\Products\$packed\InstallProperties" 'DisplayName'
            if ($displayName -and ($ours -contains $packed -or $Name.IsMatch($displayName))) { Get-Product $sid $packed $displayName }
        }
    }
    return , @($products | Where-Object { $null -ne $_ })
}

function Get-ProductOfCode([string]$PackedCode) {
    foreach ($root in "$installerKey\UpgradeCodes", 'SOFTWARE\Classes\Installer\UpgradeCodes') { Get-ValueName "$root\$PackedCode" }
}

function Get-Product([string]$Sid, [string]$Packed, [string]$DisplayName) {
    $properties = "$installerKey\UserData\$Sid\Products\$Packed\InstallProperties"
    $code = ConvertFrom-PackedGuid $Packed
    $package = Get-Text $properties 'LocalPackage'
    return [ordered]@{
        productCode = $code
        upgradeCode = Get-UpgradeCode $Packed
        version = "$(Get-Text $properties 'DisplayVersion')"
        name = $DisplayName
        context = if ($Sid -eq 'S-1-5-18') { 'machine' } else { 'user' }
        bits = if ((Test-Key "$windows\Uninstall\$code" 32) -and -not (Test-Key "$windows\Uninstall\$code")) { 32 } else { 64 }
        packageCode = Get-PackageCode $Packed
        packageName = Get-Text "SOFTWARE\Classes\Installer\Products\$Packed\SourceList" 'PackageName'
        installLocation = Get-Text $properties 'InstallLocation'
        keyPaths = Get-Kept "key paths $Sid $Packed" "$package" { , @(Get-KeyPath $Sid $Packed) }
        localPackage = $package
    }
}

# Of the package that it was installed from.
function Get-PackageCode([string]$Packed) {
    $code = Get-Text "SOFTWARE\Classes\Installer\Products\$Packed" 'PackageCode'
    if ($code -match '^[0-9A-Fa-f]{32}$') { return ConvertFrom-PackedGuid $code }
}

function Get-UpgradeCode([string]$Packed) {
    foreach ($root in "$installerKey\UpgradeCodes", 'SOFTWARE\Classes\Installer\UpgradeCodes') {
        foreach ($code in @(Get-SubKeyName $root)) {
            if (@(Get-ValueName "$root\$code") -contains $Packed) { return ConvertFrom-PackedGuid $code }
        }
    }
    return ''
}

# A component's value is the path of its key file; a question mark in place of the colon marks a shared one.
function Get-KeyPath([string]$Sid, [string]$Packed) {
    $components = Open-Key "$installerKey\UserData\$Sid\Components"
    if ($null -eq $components) { return }
    foreach ($name in $components.GetSubKeyNames()) {
        $component = $components.OpenSubKey($name)
        $path = [string]$component.GetValue($Packed)
        $component.Close()
        if ($path -match '^[A-Za-z][:?]\\') { $path.Substring(0, 1) + ':' + $path.Substring(2) }
    }
}
