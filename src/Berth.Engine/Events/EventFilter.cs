using Berth.Api;
using Berth.Api.Events;

namespace Berth.Engine.Events;

/// <summary>Which events a listener wants. moby 28: daemon/events/filter.go.</summary>
internal sealed class EventFilter(Filters filters)
{
    private static readonly string[] Nouns = ["daemon", "container", "plugin", "volume", "network", "node", "service", "secret", "config"];

    public bool Includes(EventMessage message) =>
        filters.IsEmpty
        || (MatchesAction(message.Action ?? "")
            && filters.IsExactly("type", message.Type ?? "")
            && filters.IsExactly("scope", message.Scope ?? "")
            && Array.TrueForAll(Nouns, noun => MatchesNameOrId(noun, message))
            && MatchesImage(message)
            && filters.HasPairs("label", Attributes(message)));

    /// <summary>These carry what they are about behind a colon, as in <c>exec_create: /bin/sh</c>.</summary>
    private bool MatchesAction(string action) =>
        filters["event"].Any(e => e is "health_status" or "exec_create" or "exec_start")
            ? filters.StartsWithAny("event", action)
            : filters.IsExactly("event", action);

    private bool MatchesNameOrId(string noun, EventMessage message) =>
        !filters.Contains(noun)
        || filters.StartsWithAny(noun, message.Actor?.ID ?? "")
        || filters.StartsWithAny(noun, Attributes(message).GetValueOrDefault("name", ""));

    /// <summary>An image's own events, and those of containers made from it; a name without its tag matches every tag.</summary>
    private bool MatchesImage(EventMessage message)
    {
        if (!filters.Contains("image"))
        {
            return true;
        }

        string id = message.Actor?.ID ?? "";
        string name = Attributes(message).GetValueOrDefault(message.Type == "image" ? "name" : "image", "");
        return filters.IsExactly("image", id) || filters.IsExactly("image", name)
            || filters.IsExactly("image", WithoutTag(id)) || filters.IsExactly("image", WithoutTag(name));
    }

    private static string WithoutTag(string reference)
    {
        int at = reference.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? reference : reference[..at];
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    private static IReadOnlyDictionary<string, string> Attributes(EventMessage message) =>
        message.Actor?.Attributes ?? new Dictionary<string, string>();
}
