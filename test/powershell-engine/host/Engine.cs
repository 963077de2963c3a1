using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace ScimSetup.PowerShellEngine;

/// <summary>Runs one script with the real engine and nothing but the listed commands.</summary>
public static class Engine
{
    private static readonly string[] CoreCommands = ["ForEach-Object", "Where-Object", "Out-Null", "Set-StrictMode"];

    public static int Run(CommandLine commandLine)
    {
        if (OperatingSystem.IsWindows() && LabRights.AreSimulated)
        {
            LabFileSystem.Take();
        }
        Host host = new();
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, Session(commandLine.LanguageMode));
        runspace.Open();
        ReportExit(runspace);
        using PowerShell shell = PowerShell.Create(runspace);
        shell.Commands.AddCommand(ScriptCommand(commandLine));
        return Invoke(shell) ? host.ExitCode : 1;
    }

    private static bool Invoke(PowerShell shell)
    {
        PSDataCollection<PSObject> output = [];
        output.DataAdded += (_, added) => Console.Out.WriteLine(output[added.Index]);
        shell.Streams.Error.DataAdded += (_, added) => Console.Error.WriteLine(shell.Streams.Error[added.Index]);
        shell.Streams.Warning.DataAdded += (_, added) => Console.Error.WriteLine(shell.Streams.Warning[added.Index]);
        try
        {
            shell.Invoke(null, output, new PSInvocationSettings());
            return true;
        }
        catch (RuntimeException error)
        {
            Console.Error.WriteLine(error.ErrorRecord);
            Console.Error.WriteLine(error.ErrorRecord.InvocationInfo?.PositionMessage);
            return false;
        }
    }

    private static Command ScriptCommand(CommandLine commandLine)
    {
        Command command = new(commandLine.Script, isScript: false);
        commandLine.Parameters.ForEach(command.Parameters.Add);
        return command;
    }

    private static InitialSessionState Session(PSLanguageMode languageMode)
    {
        InitialSessionState session = InitialSessionState.CreateDefault2();
        session.LanguageMode = languageMode;
        if (OperatingSystem.IsWindows())
        {
            session.ExecutionPolicy = ExecutionPolicy.Bypass;
        }
        SessionStateCommandEntry[] kept = [.. session.Commands.Where(IsKept)];
        session.Commands.Clear();
        session.Commands.Add(kept);
        session.Commands.Add(SuppliedCommands.All);
        // Without this the engine would look for a module that has an unknown command.
        session.Variables.Add(new SessionStateVariableEntry("PSModuleAutoLoadingPreference", "None", ""));
        return session;
    }

    /// <summary>Scripts and programs by their path stay callable.</summary>
    private static bool IsKept(SessionStateCommandEntry entry) =>
        entry is SessionStateScriptEntry or SessionStateApplicationEntry || CoreCommands.Contains(entry.Name);

    /// <summary>
    /// Makes `exit N` of the script reach the host, as powershell.exe does for -File
    /// (PowerShell, src/Microsoft.PowerShell.ConsoleHost/host/msh/ConsoleHost.cs). The engine keeps the switch to itself.
    /// </summary>
    private static void ReportExit(Runspace runspace)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        object context = runspace.GetType().GetProperty("ExecutionContext", Hidden)!.GetValue(runspace)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Hidden)!.SetValue(context, true);
    }
}
