namespace Berth.Engine.Containers;

/// <summary>What names are made up of: things a harbour can be, and people who moved it, the sea, or what sails on it.</summary>
internal static class ContainerNameWords
{
    public static readonly string[] Adjectives =
    [
        "able", "airy", "alert", "amber", "ample", "anchored", "ardent", "azure", "balanced", "bold", "brave", "breezy", "bright", "brisk",
        "broad", "buoyant", "calm", "candid", "careful", "cheerful", "clear", "clever", "coastal", "compact", "constant", "copper", "cordial",
        "crisp", "curious", "daring", "deft", "diligent", "dry", "eager", "early", "earnest", "easy", "even", "exact", "fair", "fathomless",
        "fearless", "fleet", "fluent", "fond", "frank", "free", "fresh", "gallant", "generous", "gentle", "glad", "golden", "graceful", "grand",
        "handy", "hardy", "hearty", "honest", "humble", "indigo", "jaunty", "jolly", "joyful", "keen", "kind", "lasting", "level", "lively",
        "loyal", "lucid", "lunar", "mellow", "merry", "mighty", "modest", "moored", "nautical", "neat", "nimble", "noble", "northern", "open",
        "orderly", "patient", "peaceful", "placid", "plucky", "polished", "proud", "prudent", "quick", "quiet", "radiant", "ready", "robust",
        "round", "rugged", "sage", "sailing", "salty", "serene", "sharp", "shining", "silver", "sincere", "sleek", "smooth", "snug", "solid",
        "southern", "spirited", "spry", "stable", "starry", "steady", "stellar", "still", "stout", "sturdy", "subtle", "sunny", "supple", "sure",
        "swift", "tall", "tender", "thankful", "tidal", "tidy", "tireless", "true", "trusty", "upbeat", "upright", "vast", "vivid", "warm",
        "watchful", "weathered", "western", "willing", "windward", "wise", "witty", "worthy", "zealous",
    ];

    public static readonly string[] Surnames =
    [
        "amundsen", "archimedes", "baird", "banks", "barents", "baret", "beaufort", "bering", "bernoulli", "bingham", "bjerknes", "bligh",
        "bougainville", "bowditch", "brunel", "buys", "cabot", "cabral", "cartier", "carson", "chichester", "cochrane", "colomb", "cook",
        "cousteau", "crowhurst", "dampier", "darwin", "davis", "dias", "drake", "earle", "ekman", "ericsson", "eriksson", "euler", "evinrude",
        "ferrel", "fitzroy", "flinders", "forbes", "franklin", "fresnel", "froude", "fulton", "gama", "gagnan", "gerritsz", "hadley",
        "halley", "harrison", "hawkins", "henson", "herjulfsson", "heyerdahl", "holland", "hudson", "humboldt", "ibnbattuta", "jansz",
        "johnson", "kelvin", "kepler", "knoxjohnston", "kotzebue", "kruzenshtern", "laperouse", "lind", "lovell", "magellan", "malaspina",
        "marconi", "maury", "mclean", "mercator", "moitessier", "morse", "nansen", "nares", "nightingale", "nunez", "orellana", "pacioli",
        "parry", "parsons", "peary", "piccard", "polo", "ptolemy", "pytheas", "ricketts", "ross", "scoresby", "shackleton", "slocum",
        "smeaton", "somerville", "stevenson", "stokes", "surcouf", "sverdrup", "tabarly", "tasman", "tharp", "thomson", "torricelli",
        "vancouver", "vespucci", "villiers", "watt", "weddell", "wegener", "wilkes", "worsley", "zheng",
    ];
}
