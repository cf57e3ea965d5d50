# Edge under a name of the shop's own site: it sets its cookies by itself, and the visitor stays the same.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;

my $event = '{"meta":{"state":{"domain":"shop.localhost","cookiesEnabled":true}},"events":[{"xdm":{}}]}';
my $edge  = AepEdge->start;
my $port  = $edge->port;
my $server = AepServer->start(edge => "http://data.shop.localhost:$port", workers => 1);

sub event {
    my ($path, %header) = @_;
    return $server->client->post($path, $event, Host => 'www.shop.localhost', Origin => 'https://www.shop.localhost', %header);
}

my $first   = event('/ee/v1/interact?requestId=1');
my @cookies = @{ $first->{headers}{'set-cookie'} // [] };
my ($identity) = grep { /^kndctr_\w+_identity=/ } @cookies;
is($first->{status}, 200, 'Edge answers');
ok($identity, 'the page gets the identity') or diag explain $first;
like($identity, qr/; Domain=shop\.localhost; Max-Age=\d+; Secure; SameSite=None$/, 'for the whole site');
unlike($first->{body}, qr/state:store/, 'Edge took itself for a first party');

my ($pair) = $identity =~ /^([^;]+)/;
event('/ee/v1/interact?requestId=2', Cookie => $pair);
my @events = @{ $edge->events(at_least => 2) };
is($events[1]{ecid}, $events[0]{ecid}, 'the next event is the same visitor\'s');

$server->quit;
$server->is_clean('with Edge as a first party');

done_testing;
