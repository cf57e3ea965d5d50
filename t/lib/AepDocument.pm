package AepDocument;

# Checks of a JSON document, line by line: a path into it, then `is` and JSON, `like` and a pattern, `unlike` and a
# pattern, or `absent`.
#
#     events.0.xdm.eventType is "commerce.purchases"
#     headers.user-agent     like ^Mozilla/
#     headers.cookie         absent

use strict;
use warnings;

use JSON::PP ();
use Test::More ();

my $json = JSON::PP->new->utf8->canonical->allow_nonref;

# What a path such as `events.0.xdm` leads to; undef where that is nothing.
sub part {
    my ($document, $path) = @_;
    my $part = $document;
    for my $step (split /\./, $path) {
        $part =
              ref $part eq 'ARRAY' && $step =~ /^\d+$/ ? $part->[$step]
            : ref $part eq 'HASH'                      ? $part->{$step}
            :                                            undef;
    }
    return $part;
}

# One test for each line. `document` is what was decoded, or its text.
sub check {
    my ($document, $lines, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    if (!ref $document) {
        my $text = $document;
        $document = eval { $json->decode($text) };
        Test::More::ok(ref $document, "$name - is JSON") or return Test::More::diag($text);
    }
    _check_line($document, $_, $name) for grep { /\S/ } split /\n/, $lines;
    return;
}

sub _check_line {
    my ($document, $line, $name) = @_;
    my ($path, $check, $expected) = $line =~ /^\s*(\S+)\s+(is|like|unlike|absent)\b\s*(.*?)\s*$/
        or die "$name: cannot read the line \"$line\"\n";
    my $part  = part($document, $path);
    my $title = "$name - $path $check $expected";
    my $text  = defined $part && !ref $part ? $part : $json->encode($part);

    local $Test::Builder::Level = $Test::Builder::Level + 2;
    return Test::More::is($json->encode($part), $json->encode($json->decode($expected)), $title) if $check eq 'is';
    return Test::More::is($part,     undef,         $title) if $check eq 'absent';
    return Test::More::like($text,   qr/$expected/, $title) if $check eq 'like';
    return Test::More::unlike($text, qr/$expected/, $title);
}

1;
