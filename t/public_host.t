# A proxy in front that rewrites Host: what the browser says of itself is enough, and aep_public_host says the rest.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;

my $event = '{"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}},"events":[{"xdm":{}}]}';
my $edge  = AepEdge->start;

sub start {
    my $server = shift;
    $edge->clear;
    return AepServer->start(edge => $edge->url, workers => 1, server => <<"CONFIG");
    $server
    location = /policy.html {
        default_type text/html;
        add_header Content-Security-Policy "script-src https://www.shop.example; connect-src https://www.shop.example";
        return 200 "<!doctype html><head></head><body>Shop</body>";
    }
CONFIG
}

sub event {
    my ($server, %header) = @_;
    return $server->client->post('/ee/v1/interact', $event, Host => 'backend.internal',
        Origin => 'https://www.shop.example', %header);
}

subtest 'a browser that says same-origin is enough' => sub {
    my $server = start(q());
    my $answer = event($server);
    is($answer->{status}, 200, 'the event is taken');
    like(join("\n", @{ $answer->{headers}{'set-cookie'} // [] }), qr/Domain=shop\.example/i, 'cookies are those of the page\'s site');
    $server->quit;
    unlike($server->log, qr/aep_public_host/, 'the log says nothing');
};

subtest 'an older browser' => sub {
    my $server = start(q());
    my @statuses = map { event($server, 'Sec-Fetch-Site' => undef)->{status} } 1 .. 3;
    is("@statuses", '403 403 403', 'is refused');
    my @lines = $server->log =~ /^.*aep_public_host.*$/mg;
    is(scalar @lines, 1, 'the log says so once');
    like($lines[0], qr{\[warn\].*"https://www\.shop\.example".*"backend\.internal".*proxy_set_header Host},
        'with both names and what to do');
    event($server, 'Sec-Fetch-Site' => 'cross-site');
    $server->quit;
};

subtest 'who is another site is no reason for a line' => sub {
    my $server = start(q());
    is(event($server, Origin => 'https://evil.example', 'Sec-Fetch-Site' => 'cross-site')->{status}, 403, 'refused');
    $server->quit;
    unlike($server->log, qr/aep_public_host/, 'the log says nothing');
};

for my $case (['a host', 'aep_public_host www.shop.example;'], ['a variable', 'aep_public_host $http_x_forwarded_host;']) {
    my ($name, $line) = @$case;
    subtest "aep_public_host with $name" => sub {
        my $server = start($line);
        my @forwarded = ('X-Forwarded-Host' => 'www.shop.example:443, other.example');
        is(event($server, @forwarded, 'Sec-Fetch-Site' => undef)->{status}, 200, 'an older browser\'s event is taken');
        is(event($server, @forwarded, Origin => 'https://data.shop.example', 'Sec-Fetch-Site' => 'same-site')->{status},
            200, 'that of a page on another host of the site, too');
        is(event($server, @forwarded, Origin => 'https://evil.example', 'Sec-Fetch-Site' => undef)->{status}, 403,
            'that of another site is not');
        my $page = $server->client->get('/policy.html', Host => 'backend.internal', @forwarded);
        like($page->{body}, qr/<script/, 'policies that name the public host allow the tag');
        my $other = $server->client->get('/policy.html', Host => 'backend.internal', 'X-Forwarded-Host' => 'evil.example');
        unlike($other->{body}, qr/<script/, 'those that name another host do not') if $name eq 'a variable';
        $server->quit;
        $server->is_clean($name);
    };
}

subtest 'a proxy that says nothing' => sub {
    my $server = start('aep_public_host $http_x_forwarded_host;');
    is(event($server, Host => 'www.shop.example', 'Sec-Fetch-Site' => undef)->{status}, 200, 'Host counts');
    $server->quit;
};

done_testing;
