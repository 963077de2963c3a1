# The server itself: what it is, whether it waits for a restart, whether Windows Installer is free.

function Get-Machine {
    $machine = Get-Kept 'machine' '' { Get-MachineIdentity }
    $machine['freeMb'] = Get-FreeSpace
    return $machine
}

function Get-MachineIdentity {
    $user = New-Object System.Security.Principal.WindowsPrincipal ([System.Security.Principal.WindowsIdentity]::GetCurrent())
    # S-1-5-2 is in the token of a network logon (WinRM, for one), which cannot go on to a share: no second hop.
    $network = New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-2'
    $computer = @(Get-CimInstance -ClassName Win32_ComputerSystem -Property TotalPhysicalMemory)[0]
    return [ordered]@{
        name = [Environment]::MachineName
        os = Get-OperatingSystem
        elevated = $user.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
        networkLogon = $user.IsInRole($network)
        powershell = [ordered]@{ version = $PSVersionTable.PSVersion.ToString(); languageMode = $languageMode }
        memoryMb = [long][Math]::Floor($computer.TotalPhysicalMemory / 1MB)
        cpuMhz = [long](Get-Value 'HARDWARE\DESCRIPTION\System\CentralProcessor\0' '~MHz')
    }
}

# [Environment]::OSVersion depends on the manifest of the program that asks; the registry does not.
function Get-OperatingSystem {
    $key = "$software\Windows NT\CurrentVersion"
    $major = Get-Value $key 'CurrentMajorVersionNumber'
    $line = if ($null -eq $major) { Get-Text $key 'CurrentVersion' } else { "$major.$(Get-Value $key 'CurrentMinorVersionNumber')" }
    $type = Get-Text 'SYSTEM\CurrentControlSet\Control\ProductOptions' 'ProductType'
    return [ordered]@{
        version = "$line.$(Get-Text $key 'CurrentBuildNumber')"
        product = if ($type -eq 'WinNT') { 'client' } else { 'server' }
        edition = "$(Get-Text $key 'EditionID')"
    }
}

function Get-FreeSpace {
    $free = [ordered]@{}
    foreach ($drive in [IO.DriveInfo]::GetDrives()) {
        if ($drive.DriveType -eq 'Fixed' -and $drive.IsReady) {
            $free[$drive.Name.Substring(0, 2)] = [long][Math]::Floor($drive.AvailableFreeSpace / 1MB)
        }
    }
    return $free
}

function Get-Restart {
    $renames = @(Get-PendingRename)
    $reasons = @(Get-RestartReason) + @(if ($renames.Count -gt 0) { 'file-renames' })
    $deletions = @($renames | Where-Object { $_.to -eq '' } | ForEach-Object { $_.from })
    $restart = [ordered]@{ reasons = $reasons; deletions = $deletions }
    $moved = @($renames | Where-Object { $_.to -ne '' } | ForEach-Object { $_.from; $_.to })
    if ($moved.Count -gt 0) { $restart['renames'] = $moved }
    $working = @(Get-ServicingWorker)
    if ($working.Count -gt 0) { $restart['working'] = $working }
    return $restart
}

function Get-RestartReason {
    $servicing = "$windows\Component Based Servicing"
    $names = 'SYSTEM\CurrentControlSet\Control\ComputerName'
    $netlogon = @(Get-SubKeyName "$serviceKeys\Netlogon") + @(Get-ValueName "$serviceKeys\Netlogon")
    $intune = "$software\IntuneManagementExtension\RebootSettings"
    if (Test-Key "$servicing\RebootPending") { 'servicing' }
    if ((Test-Key "$servicing\RebootInProgress") -or (Test-Key "$servicing\PackagesPending")) { 'servicing-in-progress' }
    if (Test-Key "$windows\WindowsUpdate\Auto Update\RebootRequired") { 'windows-update' }
    if ((Get-Value "$software\Updates" 'UpdateExeVolatile') -or (Get-Value "$software\Updates" 'UpdateExeVolatile' 32)) { 'legacy-updater' }
    if ((Get-Text "$names\ActiveComputerName" 'ComputerName') -ne (Get-Text "$names\ComputerName" 'ComputerName')) { 'computer-rename' }
    if ($netlogon -contains 'JoinDomain' -or $netlogon -contains 'AvoidSpnSet') { 'domain-join' }
    if ((Test-Key "$intune\RebootFlag") -or (Get-Value $intune 'RebootFlag')) { 'intune' }
    if (Test-Key "$software\ServerManager\CurrentRebootAttempts") { 'server-manager' }
}

# The worker of servicing is there while it works and for some minutes after; the service itself (TrustedInstaller) idles longer.
function Get-ServicingWorker {
    if ([System.Diagnostics.Process]::GetProcessesByName('TiWorker').Length -gt 0) { 'TiWorker.exe' }
}

# Pairs of paths; at the next boot an empty second one deletes the first, any other one is replaced by it.
function Get-PendingRename {
    foreach ($name in 'PendingFileRenameOperations', 'PendingFileRenameOperations2') {
        $paths = @(Get-Value 'SYSTEM\CurrentControlSet\Control\Session Manager' $name)
        for ($i = 0; $i -lt $paths.Count; $i += 2) {
            if (-not $paths[$i]) { continue }
            $to = if ($i + 1 -lt $paths.Count) { $paths[$i + 1] } else { '' }
            @{ from = ConvertFrom-KernelPath $paths[$i]; to = ConvertFrom-KernelPath $to }
        }
    }
}

# \??\C:\... in the form of the kernel, behind signs such as ! for a target that is written over.
function ConvertFrom-KernelPath([string]$Path) {
    $Path -replace '^[!*\d]*\\\?\?\\UNC\\', '\\' -replace '^[!*\d]*\\\?\?\\', ''
}

function Get-Installer {
    $key = "$windows\Installer"
    return [ordered]@{
        suspended = (Test-Key "$key\InProgress") -or @(Get-ValueName "$key\Rollback\Scripts").Count -gt 0
        disabledByPolicy = (Get-Value 'SOFTWARE\Policies\Microsoft\Windows\Installer' 'DisableMSI') -eq 2
        holders = @(Get-InstallerHolder)
    }
}

# Every msiexec.exe but the service, which stays for ten minutes after the last installation: whoever called it, and the
# processes in which the service runs custom actions. Command lines are not read: a secret may stand in them.
function Get-InstallerHolder {
    $found = @(Get-ProcessRow "Name='msiexec.exe'")
    if ($found.Count -eq 0) { return }
    $service = @(Get-CimInstance -ClassName Win32_Service -Filter "Name='msiserver'" -Property Name, ProcessId)
    $own = @($service | ForEach-Object { $_.ProcessId })
    foreach ($process in @($found | Where-Object { $own -notcontains $_.ProcessId })) {
        [ordered]@{
            pid = [long]$process.ProcessId
            name = $process.Name
            parent = Get-ParentName $process
            startedAt = if ($process.CreationDate) { ConvertTo-UtcText $process.CreationDate }
        }
    }
}

function Get-ProcessRow([string]$Filter) {
    Get-CimInstance -ClassName Win32_Process -Filter $Filter -Property Name, ProcessId, ParentProcessId, CreationDate
}

# Ids are given again: what has started after its child is not its parent.
function Get-ParentName($Process) {
    foreach ($parent in @(Get-ProcessRow "ProcessId=$($Process.ParentProcessId)")) {
        if ($parent.CreationDate -and $Process.CreationDate -and $parent.CreationDate -le $Process.CreationDate) { return $parent.Name }
    }
}
