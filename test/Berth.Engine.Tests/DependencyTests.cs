using System.Text.RegularExpressions;
using System.Xml.Linq;
using Berth.TestHost;

namespace Berth.Engine.Tests;

/// <summary>Holds the arrows of docs/life-of-a-request.md: who may know whom.</summary>
public sealed partial class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Berth.Api"] = [],
        ["Berth.Oci"] = [],
        ["Berth.Dockerfile"] = [],
        ["Berth.Linux"] = [],
        ["Berth.Client"] = ["Berth.Api"],
        ["Berth.Runtime"] = ["Berth.Oci", "Berth.Linux"],
        ["Berth.Engine"] = ["Berth.Api", "Berth.Oci", "Berth.Runtime", "Berth.Dockerfile", "Berth.Linux"],
        ["berth"] = ["Berth.Client", "Berth.Api"],
        ["berthd"] = ["Berth.Engine", "Berth.Api"],
        ["berth-shim"] = ["Berth.Runtime", "Berth.Oci", "Berth.Linux"],
        ["berth-registry"] = ["Berth.Oci", "Berth.Linux"],
    };

    /// <summary>What of the engine may speak to the kernel: the folders whose business it is.</summary>
    private static readonly string[] KernelFolders = ["Containers", "Networks", "Snapshots", "Volumes", "Images", "Daemon"];

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Source).Select(directory => Path.GetFileName(directory)!)];

    private static string Source => Path.Combine(Machine.ProjectRoot, "src");

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_refers_only_to_what_lies_below_it(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out string[]? allowed), $"{project} is not in the drawing");
        string[] references = [.. XDocument.Load(Path.Combine(Source, project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))];
        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Source_names_only_what_lies_below_it(string project)
    {
        string[] named = [.. Files(project).SelectMany(file => UsedNamespaces(file).Select(used => Owner(used)))
            .Where(owner => owner is not null && owner != project).Distinct()!];
        Assert.Empty(named.Except(Allowed[project]));
    }

    [Fact]
    public void Daemon_cannot_name_the_kernel_or_the_runtime() =>
        Assert.DoesNotContain(Files("berthd"), file => UsedNamespaces(file).Any(used =>
            used.StartsWith("Berth.Linux", StringComparison.Ordinal) || used.StartsWith("Berth.Runtime", StringComparison.Ordinal)));

    [Fact]
    public void Only_what_makes_system_calls_is_unsafe()
    {
        string[] unsafeProjects = [.. Directory.GetDirectories(Source).Select(directory => Path.GetFileName(directory)!)
            .Where(project => File.ReadAllText(Path.Combine(Source, project, project + ".csproj")).Contains("AllowUnsafeBlocks", StringComparison.Ordinal))];
        Assert.Empty(unsafeProjects.Except(["Berth.Linux", "Berth.Runtime", "Berth.Client", "berth-shim", "berth"]));
    }

    [Fact]
    public void Kernel_is_spoken_to_where_it_is_the_subject() =>
        Assert.DoesNotContain(
            Files("Berth.Engine")
                .Where(file => UsedNamespaces(file).Any(used => used.StartsWith("Berth.Linux", StringComparison.Ordinal)))
                .Select(file => Path.GetRelativePath(Path.Combine(Source, "Berth.Engine"), file)),
            file => !KernelFolders.Contains(file.Split('/')[0]));

    private static IEnumerable<string> Files(string project) =>
        Directory.EnumerateFiles(Path.Combine(Source, project), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> UsedNamespaces(string file) =>
        UsingDirective().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value);

    /// <summary>The library that a namespace belongs to; the programs' own namespaces belong to none.</summary>
    private static string? Owner(string used) =>
        Allowed.Keys.Where(library => library.StartsWith("Berth.", StringComparison.Ordinal))
            .FirstOrDefault(library => used == library || used.StartsWith(library + ".", StringComparison.Ordinal));

    [GeneratedRegex(@"^using (?:static )?(Berth\.[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();
}
