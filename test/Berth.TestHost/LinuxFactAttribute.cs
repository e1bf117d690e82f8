using System.Runtime.CompilerServices;

namespace Berth.TestHost;

/// <summary>What a test needs of the machine.</summary>
[Flags]
public enum Needs
{
    Nothing = 0,
    Root = 1,

    /// <summary>overlayfs mounts.</summary>
    Overlay = 2,

    /// <summary>Network namespaces, bridges, nftables.</summary>
    Network = 4,

    /// <summary>crun or runc.</summary>
    OciRuntime = 8,

    /// <summary>Our published programs in artifacts/bin.</summary>
    Programs = 16,

    /// <summary>A docker command line client.</summary>
    DockerCli = 32,

    Skopeo = 64,
    Buildah = 128,

    /// <summary>The base image archive that <c>make images</c> builds from Debian packages.</summary>
    BaseImage = 256,

    /// <summary>The busybox image archive that <c>make images</c> builds.</summary>
    Busybox = 512,

    /// <summary>Debian's dockerd, the reference.</summary>
    Dockerd = 1024,

    /// <summary>python3-docker.</summary>
    Python = 2048,

    /// <summary>Loop devices, and ext4 to put on them.</summary>
    LoopDevice = 4096,
}

/// <summary>A test that is skipped, with its reason, where the machine lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute(
        Needs needs,
        [CallerFilePath] string? sourceFilePath = null,
        [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = Machine.WhyNot(needs);
}

/// <summary>As <see cref="LinuxFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute(
        Needs needs,
        [CallerFilePath] string? sourceFilePath = null,
        [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Skip = Machine.WhyNot(needs);
}
