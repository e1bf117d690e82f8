using Berth.Api;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>The filters of an image list. moby 28: daemon/images/images.go, Images.</summary>
internal sealed class ImageListing
{
    private readonly Filters _filters;
    private readonly ImageTable _table;
    private readonly Func<ImageRecord, DateTimeOffset> _created;
    private readonly bool? _dangling;
    private readonly DateTimeOffset? _before;
    private readonly DateTimeOffset? _since;

    /// <param name="find">Finds an image by what a user calls it.</param>
    public ImageListing(
        Filters filters, ImageTable table, Func<string, ImageRecord> find, Func<ImageRecord, DateTimeOffset> created, DateTimeOffset now)
    {
        (_filters, _table, _created) = (filters, table, created);
        _dangling = Dangling(filters);
        _before = Earliest(filters["before"].Select(name => created(find(name))));
        _since = filters["since"].Select(name => (DateTimeOffset?)created(find(name))).Max();
        DateTimeOffset? until = Earliest(filters["until"].Select(text => TimeFilter.TryParse(text, now)
            ?? throw new EngineException(ErrorKind.InvalidParameter, $"invalid filter 'until=[{text}]'")));
        _before = until is null || _before < until ? _before : until;
    }

    public bool Includes(ImageRecord image, ImageConfig config)
    {
        DateTimeOffset created = _created(image);
        if ((_before is not null && created >= _before) || (_since is not null && created <= _since))
        {
            return false;
        }

        bool hasTag = _table.NamesOf(image.Id).Any(n => n.Tag is not null);
        return (_dangling is null || _dangling == !hasTag)
            && _filters.HasPairs("label", config.Config?.Labels)
            && (!_filters.Contains("reference") || NamesOf(image).Count > 0);
    }

    /// <summary>An image's names, those that a reference filter lets through.</summary>
    public IReadOnlyList<ImageReference> NamesOf(ImageRecord image)
    {
        IReadOnlyList<ImageReference> names = _table.NamesOf(image.Id);
        IReadOnlyList<string> patterns = _filters["reference"];
        return patterns.Count == 0 ? names : names.Where(n => patterns.Any(p => Matches(p, n))).ToList();
    }

    /// <summary>A pattern is for the whole familiar name or for its repository. Source: distribution/reference, FamiliarMatch.</summary>
    private static bool Matches(string pattern, ImageReference name) =>
        PathPattern.IsMatch(pattern, name.Familiar) || PathPattern.IsMatch(pattern, name.FamiliarRepository);

    private static bool? Dangling(Filters filters)
    {
        IReadOnlyList<string> values = filters["dangling"];
        return values.Count switch
        {
            0 => null,
            1 when values[0] is "true" or "1" => true,
            1 when values[0] is "false" or "0" => false,
            _ => throw FilterMatching.Invalid("dangling", values),
        };
    }

    private static DateTimeOffset? Earliest(IEnumerable<DateTimeOffset> times) => times.Select(t => (DateTimeOffset?)t).Min();
}
