namespace Berth.Linux.Mounts;

/// <summary>One mount, as data: storage says it, the runtime's <c>config.json</c> or <see cref="MountCalls"/> carries it out.</summary>
/// <param name="Type">File system type, such as <c>overlay</c>, <c>tmpfs</c>, or <c>bind</c>.</param>
/// <param name="Source">What is mounted; for file systems without a device, their name.</param>
/// <param name="Options">In the words of mount(8): <c>ro</c>, <c>rbind</c>, <c>lowerdir=…</c>.</param>
public sealed record Mount(string Type, string Source, IReadOnlyList<string> Options);
