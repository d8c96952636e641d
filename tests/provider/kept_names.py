"""Names that the makers of SDKs or the languages keep for themselves; of properties, as the schema has them."""

from typing import Final


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


OF_SDKS: Final = names("Args Config Inputs Outputs Provider ProviderArgs ScheduledTraining Utilities")
"""Types that an SDK has anyway; C#'s namespace among them."""
OF_JAVA: Final = names("getClass hashCode equals toString notify notifyAll wait clone finalize builder")
"""Methods of every object, and of the classes of inputs. Source: pulumi-java, names/ident.go."""
OF_C_SHARP: Final = names("empty equals getHashCode getType toString memberwiseClone referenceEquals")
"""Members of every object, and of the classes of inputs; the generator begins them with a capital."""
OF_GO: Final = names("elementType defaults")
"""Methods of the types of inputs."""
OF_RESOURCES: Final = names(
    """
    id urn get isInstance registerOutputs resourceType resourceName childResources getId getUrn getProvider
    getResourceType getResourceName getChildResources pulumiResourceType pulumiResourceName pulumiChildResources
    """
)
"""Members of every resource, in one language or another."""
KEYWORDS: Final = names(
    """
    abstract and any as assert async await base bool boolean break byte case catch chan char checked class const
    continue decimal def default defer del delegate delete do double elif else enum event except explicit export
    extends extern false final finally fixed float for foreach from func function global go goto if implements implicit
    import in instanceof int interface internal is lambda let lock long map namespace native new nonlocal not null
    object operator or out override package params pass private protected public raise range readonly ref return sbyte
    sealed select short sizeof static strictfp string struct super switch synchronized this throw throws transient true
    try typeof uint ulong unchecked unsafe ushort using var virtual void volatile while with yield
    """
)
"""Of C#, Go, Java, Python and TypeScript, but for `debugger`, which TypeScript takes as a property.

A generator gives a property with such a name another one, and the pages of this repository would be wrong.
"""
