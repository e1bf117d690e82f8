namespace Berth.Engine.Daemon;

public static class ProxyAddress
{
    /// <summary>Fit to be shown. moby 28: daemon/config/config.go, MaskCredentials.</summary>
    public static string WithoutPassword(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? proxy) && proxy.UserInfo.Length > 0
            ? text.Replace(proxy.UserInfo + "@", "xxxxx:xxxxx@", StringComparison.Ordinal)
            : text;
}
