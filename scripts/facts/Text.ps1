# Texts as they are printed: JSON, times, GUIDs.

function ConvertTo-JsonString([string]$Text) {
    $escaped = $Text.Replace('\', '\\').Replace('"', '\"')
    if ($escaped -match '[^ -~]') {
        $characters = foreach ($character in $escaped.ToCharArray()) {
            if ([int]$character -ge 32 -and [int]$character -le 126) { $character } else { '\u{0:x4}' -f [int]$character }
        }
        $escaped = -join $characters
    }
    return '"' + $escaped + '"'
}

# ConvertTo-Json of 4.0 and 5.1 cuts depth, unwraps arrays and leaves characters that a code page would spoil.
function ConvertTo-JsonText($Value) {
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { return $Value.ToString().ToLowerInvariant() }
    if ($Value -is [string]) { return ConvertTo-JsonString $Value }
    if ($Value -is [System.Collections.IDictionary]) {
        $pairs = foreach ($pair in $Value.GetEnumerator()) {
            (ConvertTo-JsonString $pair.Key) + ':' + (ConvertTo-JsonText $pair.Value)
        }
        return '{' + ($pairs -join ',') + '}'
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $items = foreach ($item in $Value) { ConvertTo-JsonText $item }
        return '[' + ($items -join ',') + ']'
    }
    return $Value.ToString([Globalization.CultureInfo]::InvariantCulture)
}

function ConvertTo-UtcText([DateTime]$Time) { $Time.ToUniversalTime().ToString('s') + 'Z' }

# Windows Installer writes a GUID with three groups reversed and the digits of each later byte swapped; undone the same way.
function ConvertTo-PackedGuid([string]$Guid) {
    $digits = $Guid.ToUpperInvariant() -replace '[{}-]', ''
    $order = 7..0 + 11..8 + 15..12 + 17, 16, 19, 18, 21, 20, 23, 22, 25, 24, 27, 26, 29, 28, 31, 30
    return -join $digits[$order]
}

function ConvertFrom-PackedGuid([string]$Packed) {
    return '{' + ((ConvertTo-PackedGuid $Packed) -replace '^(.{8})(.{4})(.{4})(.{4})', '$1-$2-$3-$4-') + '}'
}
