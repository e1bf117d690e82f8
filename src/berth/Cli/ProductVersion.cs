using System.Reflection;

namespace Berth.Cli;

/// <summary>The version that the build wrote into the program: <c>0.1.0+commit</c>.</summary>
internal static class ProductVersion
{
    private static readonly string s_text =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public static string Number => s_text.Split('+')[0];

    /// <summary>The first seven digits of the commit; <c>unknown</c> where the build had none.</summary>
    public static string Commit => s_text.Split('+') is [_, { Length: >= 7 } commit] ? commit[..7] : "unknown";
}
