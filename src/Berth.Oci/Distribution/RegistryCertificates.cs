using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Oci.Distribution;

/// <summary>What a registry's directory below certs.d holds. Source: docs.docker.com, "Verify repository client with certificates".</summary>
internal sealed record RegistryCertificates(X509Certificate2Collection Authorities, X509CertificateCollection Client)
{
    public static RegistryCertificates Load(string? directory, Uri registry)
    {
        var authorities = new X509Certificate2Collection();
        var client = new X509CertificateCollection();
        string? own = directory is null ? null : Path.Combine(directory, registry.IsDefaultPort ? registry.Host : registry.Authority);
        if (own is not null && Directory.Exists(own))
        {
            foreach (string file in Directory.EnumerateFiles(own, "*.crt"))
            {
                authorities.ImportFromPemFile(file);
            }

            foreach (string file in Directory.EnumerateFiles(own, "*.cert"))
            {
                client.Add(X509Certificate2.CreateFromPemFile(file, Path.ChangeExtension(file, ".key")));
            }
        }

        return new RegistryCertificates(authorities, client);
    }

    /// <summary>Whether the system trusts the certificate, or else the registry's own authorities do.</summary>
    public bool Accepts(X509Certificate2? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null || Authorities.Count == 0)
        {
            return errors == SslPolicyErrors.None;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (X509ChainElement element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(certificate);
    }
}
