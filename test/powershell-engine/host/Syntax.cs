using System.Management.Automation.Language;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScimSetup.PowerShellEngine;

/// <summary>One construct of a script that matters to a reader of its syntax tree.</summary>
public sealed record Finding(string Construct, int Line, string Text);

/// <summary>Prints what the engine's own parser sees in a script, as one JSON document.</summary>
public static class Syntax
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.Default,
    };

    public static int Print(string script)
    {
        ScriptBlockAst tree = Parser.ParseFile(script, out Token[] tokens, out ParseError[] errors);
        object document = new
        {
            ParseErrors = errors.Select(error => Found(error.Message, error.Extent)),
            NewerThan4 = tree.FindAll(_ => true, true).Select(Newer).Concat(tokens.Select(Newer)).OfType<Finding>(),
            Commands = Commands(tree),
            Functions = All<FunctionDefinitionAst>(tree).Select(function => function.Name).Order(StringComparer.Ordinal),
            Variables = All<VariableExpressionAst>(tree).Select(one => one.VariablePath.UserPath).Distinct().Order(StringComparer.Ordinal),
        };
        Console.Out.WriteLine(JsonSerializer.Serialize(document, Options));
        return errors.Length == 0 ? 0 : 1;
    }

    /// <summary>Names of the commands called; a command that is known only at run time is printed as it is written.</summary>
    private static IEnumerable<string> Commands(Ast tree) =>
        All<CommandAst>(tree)
            .Select(command => command.GetCommandName() ?? Unnamed(command))
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static string Unnamed(CommandAst command) =>
        $"{(command.InvocationOperator == TokenKind.Dot ? "." : "&")} {command.CommandElements[0].Extent.Text}";

    /// <summary>What Windows PowerShell 4.0 does not have (MicrosoftDocs/PowerShell-Docs, about_* pages and "What's new").</summary>
    private static Finding? Newer(Ast node) => node switch
    {
        TypeDefinitionAst type => Found(type.IsEnum ? "enum" : "class", node.Extent),
        UsingStatementAst => Found("using", node.Extent),
        TernaryExpressionAst => Found("ternary", node.Extent),
        PipelineChainAst => Found("pipeline chain", node.Extent),
        PipelineAst { Background: true } => Found("background pipeline", node.Extent),
        InvokeMemberExpressionAst { GenericTypeArguments.Count: > 0 } => Found("generic method call", node.Extent),
        MemberExpressionAst { NullConditional: true } => Found("null-conditional member", node.Extent),
        IndexExpressionAst { NullConditional: true } => Found("null-conditional index", node.Extent),
        InvokeMemberExpressionAst { Static: true } call when IsNew(call) => Found("::new", node.Extent),
        ScriptBlockAst { CleanBlock: not null } => Found("clean block", node.Extent),
        VariableExpressionAst variable when IsNew(variable) => Found("automatic variable", node.Extent),
        _ => null,
    };

    private static Finding? Newer(Token token) => token switch
    {
        { Kind: TokenKind.QuestionQuestion or TokenKind.QuestionQuestionEquals } => Found("null coalescing", token.Extent),
        NumberToken number when IsNewNumber(number.Text) => Found("number form", token.Extent),
        StringExpandableToken text when text.Text.Contains("`e") || text.Text.Contains("`u{") => Found("escape", token.Extent),
        _ => null,
    };

    private static bool IsNew(InvokeMemberExpressionAst call) =>
        call.Member is StringConstantExpressionAst { Value: var name } && name.Equals("new", StringComparison.OrdinalIgnoreCase);

    private static bool IsNew(VariableExpressionAst variable) =>
        variable.VariablePath.UserPath.ToLowerInvariant()
            is "iswindows" or "islinux" or "ismacos" or "iscoreclr" or "psedition" or "enabledexperimentalfeatures";

    private static bool IsNewNumber(string text) =>
        text.StartsWith("0b", StringComparison.OrdinalIgnoreCase)
        || (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.ToLowerInvariant().IndexOfAny(['u', 'y', 's', 'n']) >= 0);

    private static IEnumerable<T> All<T>(Ast tree) where T : Ast => tree.FindAll(node => node is T, true).Cast<T>();

    private static Finding Found(string construct, IScriptExtent extent) =>
        new(construct, extent.StartLineNumber, extent.Text.Split('\n')[0].Trim());
}
