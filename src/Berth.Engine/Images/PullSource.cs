using Berth.Oci;
using Berth.Oci.Distribution;

namespace Berth.Engine.Images;

/// <summary>A place that an image may be pulled from: a mirror, or its own registry.</summary>
/// <param name="Domain">Host and port.</param>
/// <param name="Credentials">The user's, for the image's own registry only.</param>
internal sealed record PullSource(string Domain, string Repository, RegistryCredentials? Credentials, bool Insecure, bool IsMirror)
{
    public static IReadOnlyList<PullSource> Of(ImageReference reference, RegistryCredentials? credentials, EngineOptions options)
    {
        var sources = new List<PullSource>();
        if (reference.Domain == ImageReference.DefaultDomain)
        {
            foreach (Uri mirror in options.RegistryMirrors)
            {
                string prefix = mirror.AbsolutePath.Trim('/');
                bool insecure = mirror.Scheme == Uri.UriSchemeHttp || InsecureRegistries.Includes(options.InsecureRegistries, mirror.Authority);
                sources.Add(new PullSource(
                    mirror.Authority, prefix.Length == 0 ? reference.Path : $"{prefix}/{reference.Path}", null, insecure, IsMirror: true));
            }
        }

        sources.Add(new PullSource(
            reference.Domain, reference.Path, credentials, InsecureRegistries.Includes(options.InsecureRegistries, reference.Domain), IsMirror: false));
        return sources;
    }
}
