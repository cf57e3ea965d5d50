# The limit that aep/website.inc brings for each visitor's address: without a line in the http block, and as that says.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Cwd ();
use File::Basename ();
use Test::More;

my $top   = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $event = '{"events":[{"xdm":{"eventType":"x"}}]}';
my $edge  = AepEdge->start;

sub http {
    my $more = shift;
    return <<"CONFIG";
    $more
    server {
        listen  127.0.0.1:AEP_PORT;
        server_name  north.example;
        aep_datastream_id  22222222-2222-4222-8222-222222222222;
        set_real_ip_from  127.0.0.1;
        real_ip_header    X-Forwarded-For;
        include  $top/conf.d/aep_website.inc;
    }
CONFIG
}

my $server;
my $number = 0;

sub statuses_from {
    my ($address, $count) = @_;
    my %count;
    for (1 .. $count) {
        my $answer = $server->client->post('/ee/v1/collect?requestId=a' . ++$number, $event, Host => 'north.example',
            Origin => 'https://north.example', 'X-Forwarded-For' => $address);
        $count{ $answer->{status} }++;
    }
    return \%count;
}

subtest 'two IDs are enough' => sub {
    $server = AepServer->start(edge => $edge->url, http => http('limit_req_zone $aep_address_key zone=aep:1m rate=1r/s;'));
    is_deeply(statuses_from('192.0.2.1', 10), { 204 => 10 }, 'what comes in a burst passes');
    $server->quit;
    $server->is_clean('with a limit of its own');

    $server = AepServer->start(edge => $edge->url, http => http(q()));
    is_deeply(statuses_from('192.0.2.1', 10), { 204 => 10 }, 'without a line in the http block');
    ok($server->reload, 'a reload');
    is_deeply(statuses_from('192.0.2.1', 1), { 204 => 1 }, 'and on');
    $server->quit;
    $server->is_clean('without a limit of its own');
};

subtest 'one address does not get more than its rate' => sub {
    $server = AepServer->start(edge => $edge->url, http => http('limit_req_zone $aep_address_key zone=aep:1m rate=1r/s;'));
    my $count = statuses_from('192.0.2.1', 1600);
    cmp_ok($count->{429} // 0, '>', 50, 'beyond the burst it is refused with 429') or diag explain $count;
    is_deeply(statuses_from('192.0.2.2', 10), { 204 => 10 }, 'another address is not');
    cmp_ok(statuses_from('2001:db8::1', 1)->{204}, '==', 1, 'nor an address of IPv6');
    is_deeply(statuses_from('10.0.0.1', 1600), { 204 => 1600 }, 'a proxy with a private address has no limit');
    $server->quit;
    $server->is_clean('with a limit');
};

subtest 'it can be switched off' => sub {
    $server = AepServer->start(edge => $edge->url, http => http('limit_req_zone "" zone=aep:1m rate=1r/s;'));
    is_deeply(statuses_from('192.0.2.1', 1600), { 204 => 1600 }, 'no limit');
    $server->quit;
    $server->is_clean('without a limit');
};

done_testing;
