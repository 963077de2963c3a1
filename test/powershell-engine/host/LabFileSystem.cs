using System.Management.Automation;
using System.Reflection;
using System.Runtime.Versioning;
using System.Security.AccessControl;

namespace ScimSetup.PowerShellEngine;

/// <summary>
/// The doors of .NET to the rights of files, leading to the lab's file instead. The descriptors stay .NET's own classes,
/// with all that these do to what they are given.
/// </summary>
[SupportedOSPlatform("windows")]
public static class LabFileSystem
{
    /// <summary>Puts Extensions in the place of System.IO.FileSystemAclExtensions for every script of this process.</summary>
    public static void Take()
    {
        Type names = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators")!;
        MethodInfo add = names.GetMethod("Add")!;
        foreach (string name in (string[])["IO.FileSystemAclExtensions", "System.IO.FileSystemAclExtensions"])
        {
            add.Invoke(null, [name, typeof(Extensions)]);
        }
    }

    /// <summary>Whether New-Object is asked for the rights of a file or folder, and not for an empty descriptor.</summary>
    public static bool Reads(Type type, object[] arguments) =>
        (type == typeof(FileSecurity) || type == typeof(DirectorySecurity)) && arguments.Length > 0;

    /// <summary>The constructors FileSecurity(path, sections) and DirectorySecurity(path, sections).</summary>
    public static CommonObjectSecurity Read(Type type, object[] arguments)
    {
        if (arguments.Length != 2)
        {
            throw new NotSupportedException($"The lab knows {type.Name} with a path and sections only.");
        }
        string path = LanguagePrimitives.ConvertTo<string>(arguments[0]);
        AccessControlSections sections = LanguagePrimitives.ConvertTo<AccessControlSections>(arguments[1]);
        CommonObjectSecurity result = type == typeof(FileSecurity) ? new FileSecurity() : new DirectorySecurity();
        result.SetSecurityDescriptorSddlForm(LabRights.Of(path), sections);
        return result;
    }

    /// <summary>Stands in for System.IO.FileSystemAclExtensions.</summary>
    public static class Extensions
    {
        public static void SetAccessControl(FileInfo file, FileSecurity security) =>
            LabRights.Set(file.FullName, security, Changes(security));

        public static void SetAccessControl(DirectoryInfo folder, DirectorySecurity security) =>
            LabRights.Set(folder.FullName, security, Changes(security));
    }

    /// <summary>.NET writes the sections that were changed since it read them, and tells only itself which these are.</summary>
    private static AccessControlSections Changes(ObjectSecurity security)
    {
        Hidden("ReadLock").Invoke(security, null);
        try
        {
            return Changed(security, "Owner", AccessControlSections.Owner)
                | Changed(security, "Group", AccessControlSections.Group)
                | Changed(security, "AccessRules", AccessControlSections.Access)
                | Changed(security, "AuditRules", AccessControlSections.Audit);
        }
        finally
        {
            Hidden("ReadUnlock").Invoke(security, null);
        }
    }

    private static AccessControlSections Changed(ObjectSecurity security, string name, AccessControlSections section) =>
        (bool)Hidden($"get_{name}Modified").Invoke(security, null)! ? section : AccessControlSections.None;

    private static MethodInfo Hidden(string name) =>
        typeof(ObjectSecurity).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
}
