# Windows features, by the names that DISM gives them.

$featuresSign = $null
$featureStates = @{
    Enabled = 'enabled'; Disabled = 'disabled'; EnablePending = 'enable-pending'; DisablePending = 'disable-pending'
    DisabledWithPayloadRemoved = 'removed'; NotPresent = 'removed'; PartiallyInstalled = 'disabled'
}

# The list costs seconds, so it is read again only when something that servicing leaves behind has changed.
function Get-Features([bool]$Again) {
    if ($Again -or $script:featuresSign -cne (Get-FeaturesSign)) {
        $kept['features'] = Get-FeatureState
        $script:featuresSign = Get-FeaturesSign
    }
    return $kept['features']
}

function Get-FeaturesSign {
    $sessions = [IO.Directory]::GetLastWriteTimeUtc("$env:SystemRoot\servicing\Sessions").Ticks
    return "$(Get-Component) $(Test-Key "$windows\Component Based Servicing\RebootPending") $sessions"
}

function Get-FeatureState {
    $states = [ordered]@{}
    foreach ($feature in @(Get-WindowsOptionalFeature -Online)) {
        $state = $feature.State.ToString()
        if ($feature.FeatureName -notmatch '^(IIS-|NetFx|WAS-)' -or $state -eq 'Superseded') { continue }
        if (-not $featureStates.ContainsKey($state)) { throw "feature $($feature.FeatureName) is in the unknown state $state" }
        $states[$feature.FeatureName] = $featureStates[$state]
    }
    return $states
}
