using System.Buffers.Binary;
using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ScimSetup.PowerShellEngine;

/// <summary>
/// What the lab's server says of signatures. A package or program that holds none is NotSigned, by its own bytes. Whether a
/// signature is valid only Windows knows, so for others the lab's file says it, under Signatures:
/// [{"Path": ..., "Status": "Valid", "StatusMessage": ..., "Certificate": base64}].
/// </summary>
public static class LabSignatures
{
    private static readonly byte[] CompoundFile = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

    public static PSObject Of(string path)
    {
        string full = Path.GetFullPath(path);
        return IsSigned(File.ReadAllBytes(full)) ? Listed(full) : Unsigned(full);
    }

    private static PSObject Unsigned(string path) =>
        Answer("NotSigned", $"The file {path} is not digitally signed. You cannot run this script on the current system.", null);

    private static PSObject Listed(string path)
    {
        Hashtable said = LabAnswers.Instances("Signatures")
            .FirstOrDefault(one => string.Equals((string?)one["Path"], path, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidOperationException($"The lab does not know what Windows says of the signature of {path}.");
        byte[] certificate = Convert.FromBase64String((string)said["Certificate"]!);
        return Answer((string)said["Status"]!, (string)said["StatusMessage"]!, X509CertificateLoader.LoadCertificate(certificate));
    }

    private static PSObject Answer(string status, string message, X509Certificate2? signer)
    {
        PSObject result = new();
        result.Properties.Add(new PSNoteProperty("Status", status));
        result.Properties.Add(new PSNoteProperty("StatusMessage", message));
        result.Properties.Add(new PSNoteProperty("SignerCertificate", signer));
        return result;
    }

    private static bool IsSigned(byte[] file)
    {
        if (file.AsSpan().StartsWith(CompoundFile))
        {
            return file.AsSpan().IndexOf(Encoding.Unicode.GetBytes("\u0005DigitalSignature")) >= 0;
        }
        if (file.AsSpan().StartsWith("MZ"u8))
        {
            return HasSignatureTable(file);
        }
        throw new NotSupportedException("The lab knows the signatures of packages and programs only.");
    }

    /// <summary>The fifth directory of the optional header; 64-bit programs have wider fields before it.</summary>
    private static bool HasSignatureTable(byte[] file)
    {
        int optional = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(60)) + 24;
        int directories = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(optional)) == 0x20b ? 112 : 96;
        return BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(optional + directories + 36)) != 0;
    }
}
