use strict;
use warnings;

# The same page with its tag at another place is another page: a visitor's copy of one is not good for the other.

use AepServer;
use Test::More;

my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, server => <<'SERVER');
    location /start/ { alias html/; }
    location /end/   { aep_tag_place head_end; alias html/; }
SERVER
mkdir $server->directory . '/html';
my $script = '<script>' . 'var a;' x 5000 . '</script>';
my %page = (small => '<title>Shop</title>', large => $script);
for my $name (keys %page) {
    open my $out, '>', $server->directory . "/html/$name.html" or die "$name: $!";
    print $out "<!doctype html><head><meta charset=utf-8>$page{$name}</head><p>Welcome";
    close $out or die "$name: $!";
}

my $client = $server->client;
for my $name (sort keys %page) {
    my %etag;
    for my $place (qw(start end)) {
        my $answer = $client->get("/$place/$name.html", Accept => 'text/html');
        my $head   = $client->begin('HEAD', "/$place/$name.html", '', Accept => 'text/html')->answer;
        $etag{$place} = $answer->{headers}{etag}[0];
        is($head->{headers}{'content-length'}[0], length $answer->{body}, "$place, $name: a HEAD has the length");
        is($head->{headers}{etag}[0], $etag{$place}, "$place, $name: and the entity tag");
    }
    isnt($etag{start}, $etag{end}, "$name: each place has its entity tag");
    for my $place (qw(start end)) {
        for my $copy (qw(start end)) {
            my $answer = $client->get("/$place/$name.html", Accept => 'text/html', 'If-None-Match' => $etag{$copy});
            is($answer->{status}, $place eq $copy ? 304 : 200, "$name: a copy of $copy for $place");
        }
    }
}

$server->quit;
$server->is_clean('in all of it');
done_testing;
