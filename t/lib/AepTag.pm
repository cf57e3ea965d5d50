package AepTag;

# Finds our tags in a page.

use strict;
use warnings;

our $pattern = qr{<script async src="(/[^"]*)" data-aep="([^"]*)"((?: \w+="[^"]*")*)></script>};

# The JSON in each of them.
sub data {
    my $page = shift;
    my @data;
    push @data, unescaped($2) while $page =~ /$pattern/g;
    return @data;
}

# The path of the SDK file in each of them.
sub sources {
    my $page = shift;
    my @sources;
    push @sources, unescaped($1) while $page =~ /$pattern/g;
    return @sources;
}

# The page with [tag] in the place of each, or [tag nonce="..."].
sub marked { return $_[0] =~ s/$pattern/[tag$3]/gr }

sub unescaped {
    my $text = shift;
    my %character = (quot => '"', lt => '<', gt => '>', amp => '&');
    $text =~ s/&(\w+);/$character{$1}/g;
    return $text;
}

1;
