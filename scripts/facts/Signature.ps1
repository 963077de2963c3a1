# Who signed a file, and whether that holds on this server: it trusts whom its own certificate store trusts.

function Get-Signature([string]$Path) {
    if (-not [IO.File]::Exists($Path)) { throw "there is no file $Path" }
    $found = Get-AuthenticodeSignature -LiteralPath $Path
    $signer = $found.SignerCertificate
    return [ordered]@{
        status = $found.Status.ToString()
        message = [string]$found.StatusMessage
        subject = if ($null -eq $signer) { $null } else { $signer.Subject }
        thumbprint = if ($null -eq $signer) { $null } else { $signer.Thumbprint }
    }
}
