using Berth.Engine.Events;

namespace Berth.Engine.Containers;

/// <summary>What happens to containers, in the words of <c>docker events</c>: labels, image and name go with every event. moby 28: daemon/events.go.</summary>
internal sealed class ContainerEvents(EventBus events)
{
    public void Publish(Container container, string action, params ReadOnlySpan<KeyValuePair<string, string>> more)
    {
        ContainerSpec spec = container.Spec;
        var attributes = new Dictionary<string, string>(spec.Config.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (spec.Config.Image.Length > 0)
        {
            attributes["image"] = spec.Config.Image;
        }

        attributes["name"] = spec.Name;
        foreach ((string name, string value) in more)
        {
            attributes[name] = value;
        }

        events.Publish("container", action, container.Id, attributes);
    }
}
