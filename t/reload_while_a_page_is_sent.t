use strict;
use warnings;

# nginx is reloaded, with other settings, while the shop is in the middle of a page.

use AepOrigin;
use AepServer;
use AepTag;
use Test::More;

my $origin = AepOrigin->start;
my $header = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n";

sub url_of {
    my ($name, $framing, @pieces) = @_;
    return $origin->url($name, [$header . $framing . "\r\n" . $pieces[0], \1, $pieces[1]]);
}

my %page = (
    before => ['<!doctype html><he', 'ad><title>Shop</title>'],
    behind => ['<!doctype html><head><title>Sh', 'op</title>'],
);
my %url;
for my $name (keys %page) {
    my $length = length join '', @{ $page{$name} };
    $url{"$name-length"} = url_of("$name-length", "Content-Length: $length\r\n", @{ $page{$name} });
    $url{"$name-close"}  = url_of("$name-close",  '',                            @{ $page{$name} });
}

sub consent_in { my $page = shift; return (AepTag::data($page))[0] =~ /"consent":"(\w+)"/ ? $1 : '' }

for my $path (sort keys %url) {
    my $name     = $path =~ s/-.*//r;
    my $expected = join('', @{ $page{$name} }) =~ s/(?=<title>)/[tag]/r;
    my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, http => 'aep_default_consent pending;',
        server => "location = /$path { proxy_pass $url{$path}; proxy_buffering off; }");
    my $client = $server->client;

    my $waiting = $client->begin('GET', "/$path", '');
    ok($server->has_requests(1), "$path: the page is asked for");
    $waiting->answer(timeout => 0.3);    # until its first piece is there
    $server->configure(http => 'aep_default_consent out;');
    $server->reload;
    ok(AepServer::wait_until(sub { consent_in($client->get('/page.html')->{body}) eq 'out' }),
        "$path: new pages are new");

    my $page = $waiting->answer->{body};
    is(AepTag::marked($page), $expected, "$path: the page is whole");
    is(consent_in($page), 'pending', "$path: its tag is the one of its time");
    $server->quit;
    $server->is_clean("with $path");
}

done_testing;
