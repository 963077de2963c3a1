using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ScimSetup.PowerShellEngine;

/// <summary>
/// What the simulated server answers to queries: the JSON file named by SCIM_SETUP_LAB_CIM, read anew at each query,
/// because the lab's tools change it while a script runs.
/// </summary>
public static class LabAnswers
{
    public const string Variable = "SCIM_SETUP_LAB_CIM";

    public static IEnumerable<Hashtable> Instances(string className)
    {
        string path = Environment.GetEnvironmentVariable(Variable)
            ?? throw new InvalidOperationException($"There is no server to ask: {Variable} is not set.");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.TryGetProperty(className, out JsonElement instances)
            ? [.. instances.EnumerateArray().Select(AsTable)]
            : throw new InvalidOperationException($"The lab's server does not know the class {className}.");
    }

    public static PSObject AsObject(Hashtable instance, string[] wanted)
    {
        PSObject result = new();
        foreach (string name in wanted.Length > 0 ? wanted : instance.Keys.Cast<string>())
        {
            object? value = instance.ContainsKey(name)
                ? instance[name]
                : throw new InvalidOperationException($"The lab's instance has no property {name}.");
            result.Properties.Add(new PSNoteProperty(name, value));
        }
        return result;
    }

    private static Hashtable AsTable(JsonElement element)
    {
        Hashtable table = new(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            table[property.Name] = AsValue(property);
        }
        return table;
    }

    /// <summary>CIM gives dates as local time.</summary>
    private static object? AsValue(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => property.Value.GetInt64(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when property.Name.EndsWith("Date", StringComparison.Ordinal) =>
            DateTime.Parse(property.Value.GetString()!, CultureInfo.InvariantCulture).ToLocalTime(),
        JsonValueKind.String => property.Value.GetString(),
        _ => throw new InvalidOperationException($"The lab's property {property.Name} is neither text nor a number."),
    };
}

/// <summary>The filters our scripts write: one or more `Name='x'` or `Number=1`, joined by OR.</summary>
public static partial class CimFilter
{
    public static Func<Hashtable, bool> Parse(string filter)
    {
        if (filter == "")
        {
            return _ => true;
        }
        (string Name, string Value)[] terms = [.. filter.Split(" OR ").Select(ParseTerm)];
        return instance => terms.Any(term => Equal(instance[term.Name], term.Value));
    }

    private static (string, string) ParseTerm(string text)
    {
        Match match = Term().Match(text);
        return match.Success
            ? (match.Groups["name"].Value, match.Groups["value"].Value)
            : throw new InvalidOperationException($"The lab's server does not understand the filter '{text}'.");
    }

    private static bool Equal(object? actual, string expected) =>
        string.Equals(Convert.ToString(actual, CultureInfo.InvariantCulture), expected, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(?<name>\w+)=(?:'(?<value>[^']*)'|(?<value>\d+))$")]
    private static partial Regex Term();
}
