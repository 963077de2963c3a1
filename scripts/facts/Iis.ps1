# IIS: its services, the states of sites and pools, shared configuration, certificates of http.sys.

$inetStp = "$software\InetStp"

function Get-Iis {
    if (-not (Test-Key $inetStp)) { return $null }
    $services = Get-IisServices
    $running = Get-RunState ($services['WAS'] -and $services['WAS'].state -eq 'running')
    return [ordered]@{
        version = "$(Get-Value $inetStp 'MajorVersion').$(Get-Value $inetStp 'MinorVersion')"
        components = @(Get-Component)
        sharedConfiguration = Get-SharedConfiguration
        services = $services
        certificates = @(Get-CertificateBinding)
        siteStates = $running.site
        poolStates = $running.apppool
        workers = $running.wp
    }
}

function Get-Component {
    $names = @(Get-ValueName "$inetStp\Components" | Where-Object { (Get-Value "$inetStp\Components" $_) -eq 1 })
    [Array]::Sort($names, [StringComparer]::Ordinal)
    return $names
}

function Get-Xml([string]$Text) {
    $xml = New-Object System.Xml.XmlDocument
    $xml.XmlResolver = $null
    $xml.LoadXml($Text)
    return , $xml
}

function Get-SharedConfiguration {
    $file = "$env:SystemRoot\System32\inetsrv\config\redirection.config"
    if (-not [IO.File]::Exists($file)) { return $null }
    $redirection = (Get-Xml ([IO.File]::ReadAllText($file))).SelectSingleNode('/configuration/configurationRedirection[@enabled="true"]')
    if ($redirection) { return [Environment]::ExpandEnvironmentVariables($redirection.GetAttribute('path')) }
}

function Get-IisServices {
    $names = @('W3SVC', 'WAS', 'AppHostSvc') + (Get-Kept 'dependents' "$(Get-Component)" { , @(Get-Dependent 'WAS') })
    $filter = @($names | ForEach-Object { "Name='$_'" }) -join ' OR '
    $found = @(Get-CimInstance -ClassName Win32_Service -Filter $filter -Property Name, State, ProcessId)
    $starts = Get-StartTime @($found | Where-Object { $_.State -eq 'Running' } | ForEach-Object { $_.ProcessId })
    $states = [ordered]@{}
    foreach ($service in $found) {
        $runs = $service.State -eq 'Running'
        $startedAt = if ($runs) { $starts["$($service.ProcessId)"] } else { $null }
        $states[$service.Name] = [ordered]@{ state = if ($runs) { 'running' } else { 'stopped' }; startedAt = $startedAt }
    }
    return $states
}

function Get-StartTime([object[]]$ProcessIds) {
    $starts = @{}
    if ($ProcessIds.Count -eq 0) { return $starts }
    $filter = @($ProcessIds | ForEach-Object { "ProcessId=$_" }) -join ' OR '
    foreach ($process in @(Get-CimInstance -ClassName Win32_Process -Filter $filter -Property ProcessId, CreationDate)) {
        if ($process.CreationDate) { $starts["$($process.ProcessId)"] = ConvertTo-UtcText $process.CreationDate }
    }
    return $starts
}

# appcmd prints names and states as XML attributes, which are not translated. Never /config: it prints passwords.
# IIS starts sites and pools after whoever asked for that was told that it is done: what is just starting is looked at again, for ten
# seconds at most.
function Get-RunState([bool]$HasWorkers) {
    $result = @{ site = [ordered]@{}; apppool = [ordered]@{}; wp = @() }
    if (@(Get-Component) -notcontains 'CoreWebEngine') { return $result }
    $asked = @('site', 'apppool') + @(if ($HasWorkers) { 'wp' })
    for ($attempt = 1; $attempt -le 20; $attempt++) {
        $found = Get-Listed $asked
        $starting = @(@($found.site) + @($found.apppool) | Where-Object { $_ -and $_.GetAttribute('state') -eq 'Starting' })
        if ($starting.Count -eq 0) { break }
        [System.Threading.Thread]::Sleep(500)
    }
    if ($HasWorkers) { $result.wp = @($found.wp | ForEach-Object { $_.GetAttribute('APPPOOL.NAME') }) }
    foreach ($what in 'site', 'apppool') { $result[$what] = Get-StateByName $found[$what] "$($what.ToUpperInvariant()).NAME" }
    return $result
}

function Get-Listed([string[]]$Asked) {
    $children = @($Asked | ForEach-Object { @{ what = $_; process = Start-Appcmd $_ } })
    $found = @{}
    foreach ($child in $children) { $found[$child.what] = @(Receive-Appcmd $child.process) }
    return $found
}

function Get-StateByName([object[]]$Elements, [string]$NameAttribute) {
    $states = [ordered]@{}
    foreach ($element in $Elements) {
        $states[$element.GetAttribute($NameAttribute)] = if ($element.GetAttribute('state') -eq 'Started') { 'started' } else { 'stopped' }
    }
    return $states
}

function Start-Appcmd([string]$What) {
    $start = New-Object System.Diagnostics.ProcessStartInfo "$env:SystemRoot\System32\inetsrv\appcmd.exe", "list $What /xml"
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    return [System.Diagnostics.Process]::Start($start)
}

function Receive-Appcmd($Process) {
    $Process.StandardInput.Close()
    $text = $Process.StandardOutput.ReadToEnd()
    $Process.WaitForExit()
    $root = (Get-Xml $text).DocumentElement
    $problem = $root.SelectSingleNode('//ERROR')
    if ($problem) { throw "appcmd: $($problem.GetAttribute('message'))" }
    return $root.SelectNodes('*')
}

# The bindings of http.sys; the text that netsh prints of them is translated.
function Get-CertificateBinding {
    foreach ($list in 'SslBindingInfo', 'SslSniBindingInfo') {
        $root = "$serviceKeys\HTTP\Parameters\$list"
        foreach ($endpoint in @(Get-SubKeyName $root)) {
            $hash = @(Get-Value "$root\$endpoint" 'SslCertHash' | Where-Object { $null -ne $_ })
            if ($hash.Count -eq 0) { continue }
            $thumbprint = -join ($hash | ForEach-Object { '{0:X2}' -f $_ })
            $store = Get-Text "$root\$endpoint" 'SslCertStoreName'
            if (-not $store) { $store = 'MY' }
            $binding = [ordered]@{
                endpoint = $endpoint
                thumbprint = $thumbprint
                store = $store
                appId = Get-ApplicationId "$root\$endpoint"
                present = Test-Certificate $store $thumbprint
            }
            $policy = Get-BindingPolicy "$root\$endpoint"
            if (@($policy.Values | Where-Object { $_ }).Count -gt 0) { $binding.policy = $policy }
            $binding
        }
    }
}

# How clients and their certificates are treated there. Most bindings have none of it, or have it as 0.
function Get-BindingPolicy([string]$Path) {
    [ordered]@{
        flags = Get-Number $Path 'DefaultFlags'
        certCheckMode = Get-Number $Path 'DefaultSslCertCheckMode'
        revocationFreshnessTime = Get-Number $Path 'DefaultSslRevocationFreshnessTime'
        urlRetrievalTimeout = Get-Number $Path 'DefaultSslRevocationUrlRetrievalTimeout'
        ctlIdentifier = Get-Text $Path 'DefaultSslCtlIdentifier'
        ctlStoreName = Get-Text $Path 'DefaultSslCtlStoreName'
    }
}

# A DWORD of the registry, which .NET reads as a signed number.
function Get-Number([string]$Path, [string]$Name) {
    $value = Get-Value $Path $Name
    if ($null -eq $value) { return 0 }
    return [BitConverter]::ToUInt32([BitConverter]::GetBytes([int]$value), 0)
}

# Who bound the certificate: sixteen bytes, as .NET and Windows lay out a GUID.
function Get-ApplicationId([string]$Path) {
    $bytes = @(Get-Value $Path 'AppId' | Where-Object { $null -ne $_ })
    if ($bytes.Count -ne 16) { return $null }
    return (New-Object System.Guid (, [byte[]]$bytes)).ToString('B').ToUpperInvariant()
}

# The registry answers at once; only the store itself knows the certificates that policy puts there.
function Test-Certificate([string]$Store, [string]$Thumbprint) {
    if (Test-Key "$software\SystemCertificates\$Store\Certificates\$Thumbprint") { return $true }
    $machine = [System.Security.Cryptography.X509Certificates.StoreLocation]::LocalMachine
    $opened = New-Object System.Security.Cryptography.X509Certificates.X509Store $Store, $machine
    try {
        $opened.Open('OpenExistingOnly')
        return $opened.Certificates.Find('FindByThumbprint', $Thumbprint, $false).Count -gt 0
    } catch [System.Security.Cryptography.CryptographicException] { return $false }
    finally { $opened.Close() }
}
