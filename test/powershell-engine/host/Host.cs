using System.Globalization;
using System.Management.Automation.Host;

namespace ScimSetup.PowerShellEngine;

/// <summary>A host without a user interface, as under -NonInteractive with redirected streams.</summary>
public sealed class Host : PSHost
{
    public int ExitCode { get; private set; }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name => "ConsoleHost";
    public override PSHostUserInterface? UI => null;
    public override Version Version => new(1, 0);

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException();
    public override void ExitNestedPrompt() => throw new NotSupportedException();
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
}
