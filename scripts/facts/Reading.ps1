# A reading is a value, or the sentence why it could not be had.

$kept = @{}

function Get-Why($Failure) { $Failure.Exception.GetBaseException().Message }

function Get-Reading([scriptblock]$Read) {
    try { return [ordered]@{ known = $true; value = & $Read } }
    catch { return [ordered]@{ known = $false; why = Get-Why $_ } }
}

# What cannot change while its sign stays the same is read once.
function Get-Kept([string]$Name, [string]$Sign, [scriptblock]$Read) {
    if (-not $kept.ContainsKey($Name) -or $kept[$Name].sign -cne $Sign) { $kept[$Name] = @{ sign = $Sign; value = & $Read } }
    return , $kept[$Name].value
}
