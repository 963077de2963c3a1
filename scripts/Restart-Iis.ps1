<#
.SYNOPSIS
    Stops IIS and starts again what ran before, and W3SVC, whatever happens in between.
.DESCRIPTION
    IIS sees a new ASP.NET Core Module only after WAS was stopped and W3SVC started again. This is one child of its own,
    because a caller that ended between the two would leave every site of the server down.
    Ends with 0 when W3SVC and every service that ran before run, else with 1 and a sentence on standard output.
.EXAMPLE
    .\Restart-Iis.ps1
#>
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$net = "$env:SystemRoot\System32\net.exe"

foreach ($part in 'Registry', 'Dependents') { . ([IO.Path]::Combine($PSScriptRoot, 'facts', "$part.ps1")) }

function Get-Running([string[]]$Names) {
    $filter = @($Names | ForEach-Object { "Name='$_'" }) -join ' OR '
    $found = @(Get-CimInstance -ClassName Win32_Service -Filter $filter -Property Name, State)
    return $found | Where-Object { $_.State -eq 'Running' } | ForEach-Object { $_.Name }
}

function Invoke-Net([string[]]$Arguments) {
    & $net $Arguments | Where-Object { $_ } | ForEach-Object { [Console]::Out.WriteLine("net $($Arguments[0]): $_") }
}

# Windows starts what a service depends on; a service that is still stopping refuses to start, so this tries three times.
function Start-All([string[]]$Names) {
    for ($attempt = 1; $attempt -le 3; $attempt++) {
        $running = @(try { Get-Running $Names } catch { [Console]::Out.WriteLine("The services could not be asked: $_") })
        $down = @($Names | Where-Object { $running -notcontains $_ })
        if ($down.Count -eq 0) { return }
        if ($attempt -gt 1) { [System.Threading.Thread]::Sleep(5000) }
        foreach ($name in $down) { Invoke-Net 'start', $name }
    }
}

if (-not (Test-Key "$serviceKeys\WAS")) { 'IIS is not on this server: there is no service WAS.'; exit 1 }
$before = @(Get-Running (@('WAS', 'W3SVC') + @(Get-Dependent 'WAS')))
$wanted = @($before) + @('W3SVC' | Where-Object { $before -notcontains $_ })
$wasStopped = $false
try {
    if ($before -contains 'WAS') { Invoke-Net 'stop', 'was', '/y' }
    $wasStopped = @(Get-Running 'WAS').Count -eq 0
} finally {
    Start-All $wanted
}

$running = @(Get-Running $wanted)
$down = @($wanted | Where-Object { $running -notcontains $_ })
if (-not $wasStopped) { 'WAS could not be stopped, so IIS was not restarted.' }
if ($down.Count -gt 0) { "These services are to run, and do not: $($down -join ', ')." }
if ($wasStopped -and $down.Count -eq 0) { exit 0 }
exit 1
