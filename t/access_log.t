# conf.d/access_log.conf: each line is JSON with the module's variables.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Cwd ();
use File::Basename ();
use JSON::PP ();
use Test::More;

my $top    = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $file   = "$top/conf.d/access_log.conf";
my $edge   = AepEdge->start;
my $server = AepServer->start(
    edge   => $edge->url,
    http   => "include $file;",
    server => <<'SERVER');
        access_log  AEP_DIRECTORY/access.log  aep_json  if=$aep_is_logged;
        location = /image.svg { default_type image/svg+xml; return 200 "<svg/>"; }
        location = /part.html { default_type text/html; return 200 "<p>part"; }
SERVER

my $client = $server->client;
my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}},{"xdm":{"eventType":"odd \" type"}}]}';
$client->get('/page.html?email=jane@shop.example', 'Sec-Fetch-Dest' => 'document');
$client->get('/image.svg');
$client->get('/part.html');
$client->post('/ee/v1/interact?requestId=logged', $event);
$client->post('/ee/v1/interact?requestId=objects', $event, 'Sec-GPC' => '1');
$server->ends_soon;

open my $in, '<', $server->directory . '/access.log' or die "access.log: $!";
my @lines = map { JSON::PP::decode_json($_) } my @texts = <$in>;
is(scalar @lines, 4, 'pages and events are logged, an image is not');
unlike("@texts", qr/jane|127\.0\.0\.1|Mozilla/, 'nothing personal is');
# Workers write what they have served whenever they come to it.
my %place = ('/page.html' => 0, '/part.html' => 1, logged => 2, objects => 3);
my ($page, $part, $taken, $refused) =
    sort { $place{ $a->{request_id} || $a->{path} } <=> $place{ $b->{request_id} || $b->{path} } } @lines;
is("$page->{path} $page->{tag} $page->{outcome} $page->{destination}", '/page.html injected  document', 'a page');
is($part->{tag}, 'fragment', 'a part of one');
is("$taken->{outcome} $taken->{event_types} $taken->{status}", 'delivered commerce.purchases,odd???type 200', 'an event');
is($taken->{request_id}, 'logged', 'with its request ID');
cmp_ok($taken->{edge_seconds}, '<=', $taken->{seconds} + 0.01, 'and the time that Edge took');
is($refused->{outcome}, 'consent', 'an event of a visitor who objects');

sub content_of { my $name = shift; open my $text, '<', $name or die "$name: $!"; local $/; return scalar <$text> }

my $format = content_of($file);
is(join(' ', grep { $format !~ /"\$$_"/ } content_of("$top/docs/variables.md") =~ /^## \$(\w+)$/mg), 'aep_address_key',
    'all variables are in it but the one for limits');
$server->is_clean('with the access log');

done_testing;
