# Browsers ask first where a library of the page adds a header to the Web SDK's requests to another host of the site.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;

my $edge   = AepEdge->start;
my $server = AepServer->start(edge => $edge->url, workers => 1);

sub preflight {
    my %header = @_;
    my $answer = $server->client->begin('OPTIONS', '/ee/v1/interact?requestId=p', '',
        Host => 'data.shop.example', Origin => 'https://www.shop.example', 'Sec-Fetch-Site' => 'same-site',
        'Content-Type' => undef, 'Content-Length' => undef, 'Access-Control-Request-Method' => 'POST', %header)->answer;
    return ($answer->{status}, $answer->{headers});
}

my ($status, $header) = preflight('Access-Control-Request-Headers' => 'content-type,traceparent');
is($status, 204, 'a page of the site may send it');
is($header->{'access-control-allow-origin'}[0],      'https://www.shop.example',  'just this origin');
is($header->{'access-control-allow-credentials'}[0], 'true',                      'with cookies');
is($header->{'access-control-allow-methods'}[0],     'POST',                      'by POST');
is($header->{'access-control-allow-headers'}[0],     'content-type,traceparent',  'with the header that it asks for');
is($header->{'access-control-max-age'}[0],           7200,                        'for as long as browsers keep it');
like($header->{vary}[0], qr/Origin.*Access-Control-Request-Headers/, 'no cache mixes it up');

($status, $header) = preflight(Origin => 'https://evil.example', 'Sec-Fetch-Site' => 'cross-site');
is($status, 403, 'a page of another site may not');
is($header->{'access-control-allow-origin'}, undef, 'and is told nothing');

($status, $header) = preflight(Origin => 'https://evil.example', 'Sec-Fetch-Site' => undef);
is($status, 403, 'nor by its origin alone');

($status, $header) = preflight('Access-Control-Request-Headers' => "a b;c=\x01");
is($status, 204, 'what is no list of names');
is($header->{'access-control-allow-headers'}, undef, 'is not repeated');

($status) = preflight('Access-Control-Request-Method' => undef);
is($status, 405, 'OPTIONS that is no preflight is refused as before');

my $event = $server->client->post('/ee/v1/interact?requestId=p', '{"events":[{"xdm":{}}]}', Host => 'data.shop.example',
    Origin => 'https://www.shop.example', 'Sec-Fetch-Site' => 'same-site', traceparent => '00-1-2-01');
is($event->{status}, 200, 'the request itself');
is($event->{headers}{'access-control-allow-origin'}[0], 'https://www.shop.example', 'may be read by the page');
is(scalar @{ $edge->requests }, 1, 'Edge gets this one alone');

$server->quit;
$server->is_clean('with preflights');

done_testing;
