using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ScimSetup.PowerShellEngine;

public sealed class CommandLineException(string message) : Exception(message);

/// <summary>The command line of powershell.exe as far as our callers use it; any other switch is refused.</summary>
public sealed class CommandLine
{
    public string Script { get; private set; } = "";
    public bool SyntaxOnly { get; private set; }
    public PSLanguageMode LanguageMode { get; private set; } = PSLanguageMode.FullLanguage;
    public List<CommandParameter> Parameters { get; } = [];

    public static CommandLine Parse(string[] args)
    {
        CommandLine result = new();
        Queue<string> rest = new(args);
        while (result.Script == "")
        {
            result.TakeSwitch(rest);
        }
        result.TakeParameters(rest);
        return result;
    }

    private void TakeSwitch(Queue<string> rest)
    {
        string name = Next(rest, "-File");
        switch (name.ToLowerInvariant())
        {
            case "-nologo" or "-noprofile" or "-noninteractive":
                break;
            case "-executionpolicy":
                Next(rest, name);
                break;
            case "-languagemode":
                LanguageMode = ReadLanguageMode(Next(rest, name));
                break;
            case "-file":
                Script = ScriptPath(Next(rest, name));
                break;
            case "--syntax":
                SyntaxOnly = true;
                Script = ScriptPath(Next(rest, name));
                break;
            default:
                throw new CommandLineException($"This stand-in for powershell.exe does not know '{name}'.");
        }
    }

    /// <summary>As powershell.exe: a bare name carries no value, so the engine decides whether the next word is its own.</summary>
    private void TakeParameters(Queue<string> rest)
    {
        while (rest.TryDequeue(out string? word))
        {
            int colon = word.IndexOf(':');
            Parameters.Add(
                !IsParameterName(word) ? new CommandParameter(null, word)
                : colon < 0 ? new CommandParameter(word)
                : new CommandParameter(word[1..colon], SwitchValue(word[(colon + 1)..])));
        }
    }

    private static object SwitchValue(string text) => text.ToLowerInvariant() switch
    {
        "$true" => true,
        "$false" => false,
        _ => text,
    };

    private static bool IsParameterName(string word) => word.Length > 1 && word[0] == '-' && char.IsLetter(word[1]);

    private static PSLanguageMode ReadLanguageMode(string text) =>
        Enum.TryParse(text, true, out PSLanguageMode mode)
            ? mode
            : throw new CommandLineException($"'{text}' is no language mode.");

    private static string ScriptPath(string path) =>
        File.Exists(path)
            ? Path.GetFullPath(path)
            : throw new CommandLineException($"The argument '{path}' to the -File parameter does not exist.");

    private static string Next(Queue<string> rest, string after) =>
        rest.TryDequeue(out string? word) ? word : throw new CommandLineException($"A word is missing after {after}.");
}
