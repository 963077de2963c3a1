namespace ScimSetup.PowerShellEngine;

/// <summary>Behaves like powershell.exe for the few things the shipped scripts and their callers use.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        try
        {
            CommandLine commandLine = CommandLine.Parse(args);
            return commandLine.SyntaxOnly ? Syntax.Print(commandLine.Script) : Engine.Run(commandLine);
        }
        catch (CommandLineException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 64;
        }
    }
}
