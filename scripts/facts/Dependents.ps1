# Every service that stops with the given one, in any order.
function Get-Dependent([string]$Name) {
    $needs = @{}
    foreach ($service in @(Get-SubKeyName $serviceKeys)) {
        $needs[$service] = @(Get-Value "$serviceKeys\$service" 'DependOnService')
    }
    $found = @($Name)
    for ($i = 0; $i -lt $found.Count; $i++) {
        foreach ($pair in $needs.GetEnumerator()) {
            if ($pair.Value -contains $found[$i] -and $found -notcontains $pair.Key) { $found += $pair.Key }
        }
    }
    return $found | Where-Object { $_ -ne $Name }
}
