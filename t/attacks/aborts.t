# Visitors who go away in the middle of what they say, after each byte of it, and in the middle of what they are told;
# with workers that come and go meanwhile. Whoever stays is served.
#
# AEP_QUICK is for one way of going away, where there are else both of them.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience);
use AepServer;
use IO::Select ();
use Test::More;

my $event   = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}],"query":{"identity":{"fetch":["ECID"]}}}';
my $consent = '{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}';
my $edge    = AepEdge->start;
my $server  = AepServer->start(
    edge    => $edge->url,
    workers => 2,
    http    => 'client_header_timeout 20s; client_body_timeout 20s; proxy_buffering off;',
    server  => <<'SERVER',
    listen  127.0.0.1:AEP_TLS_PORT http2;
    add_header X-Outcome $aep_outcome always;
    gzip on;
    charset utf-8;
    location /large/ { alias html/; }
    location /proxy/ { proxy_pass http://127.0.0.1:AEP_PORT/large/; }
SERVER
);
my ($aborted, @unserved) = (0);

mkdir $server->directory . '/html';
open my $page, '>', $server->directory . '/html/page.html' or die "page.html: $!";
print $page '<!doctype html><html><head><title>Shop</title></head><body>', 'A product. ' x 50000, '</body></html>';
close $page or die "page.html: $!";

my %header = AepClient::page_header();

sub get { return "GET $_[0] HTTP/1.1\r\nHost: shop.example\r\nAccept-Encoding: " . ($_[1] // 'identity') . "\r\n\r\n" }

sub post {
    my ($path, $body) = @_;
    my $length = length $body;
    return join '', "POST $path HTTP/1.1\r\n", (map { "$_: $header{$_}\r\n" } sort keys %header),
        "Content-Length: $length\r\n\r\n$body";
}

sub post_in_chunks {
    my ($path, $body) = @_;
    return join '', "POST $path HTTP/1.1\r\n", (map { "$_: $header{$_}\r\n" } sort keys %header),
        "Transfer-Encoding: chunked\r\n\r\n", (map { sprintf "%x\r\n%s\r\n", length, $_ } $body =~ /(.{1,40})/gs),
        "0\r\n\r\n";
}

# RFC 9113, with header fields as literals that nobody indexes (RFC 7541 6.2.2).
sub http2 {
    my ($method, $path, $body) = @_;
    my %field  = map { lc $_ => $header{$_} } grep { $_ ne 'Host' } keys %header;
    my $fields = join '', map { pack 'C C/a C/a', 0, @$_ }[':method', $method], [':scheme', 'http'], [':path', $path],
        [':authority', 'shop.example'], map { [$_, $field{$_}] } sort keys %field;
    my $frame = sub {
        my ($type, $flags, $stream, $content) = @_;
        return substr(pack('N', length $content), 1) . pack('C C N', $type, $flags, $stream) . $content;
    };
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . $frame->(4, 0, 0, '')
        . $frame->(1, defined $body ? 4 : 5, 1, $fields) . (defined $body ? $frame->(0, 1, 1, $body) : '');
}

my %said = (
    'a page'                  => get('/page.html'),
    'a large page'            => get('/large/page.html'),
    'a page that is gzipped'  => get('/large/page.html', 'gzip'),
    'a page of another'       => get('/proxy/page.html'),
    'the SDK file'            => get('/aep/0.js'),
    'an event'                => post('/ee/v1/interact', $event),
    'an event in chunks'      => post_in_chunks('/ee/v1/interact', $event),
    'a beacon'                => post('/ee/v1/collect', $event),
    'a question for identity' => post('/ee/v1/identity/acquire', '{"query":{"identity":{"fetch":["ECID"]}}}'),
    'a decision'              => post('/ee/v1/privacy/set-consent', $consent),
    'a page by HTTP/2'        => http2('GET', '/large/page.html'),
    'an event by HTTP/2'      => http2('POST', '/ee/v1/interact', $event),
);

# Some are there at the same time, so that those who go leave something unfinished.
my @open;

sub leave { $_[0]->abandon($_[1]); ++$aborted; return }

sub come {
    my ($name, $text, $abruptly) = @_;
    my $port = $name =~ /HTTP.2/ ? $server->tls_port : $server->port;
    push @open, [AepClient->new($port)->begin_raw($text), $abruptly];
    leave(@{ shift @open }) if @open > 16;
    return;
}

# Whoever stays has a page with its tag, and an answer of Edge's.
sub is_served {
    my $when = shift;
    my $page = $server->client->get('/page.html');
    push @unserved, "$when: the page, $page->{status}" if $page->{status} != 200 || $page->{body} !~ m{<script async src="/aep/};
    my $answer  = $server->client->post('/ee/v1/interact', $event);
    my $outcome = $answer->{headers}{'x-outcome'}[0] // 'none';
    push @unserved, "$when: the event, $answer->{status} $outcome" if $answer->{status} != 200 || $outcome ne 'delivered';
    return;
}

# Connections to nginx that are not closed by it: established, or closed by the other side only. That of who asks for
# the page of another is nginx's own.
sub connections {
    my %of = map { sprintf('%04X', $_) => 1 } $server->port, $server->tls_port;
    open my $in, '<', '/proc/net/tcp' or return ();
    return grep { my (undef, $local, undef, $state) = split; ($local // '') =~ /:(\w+)$/ && $of{$1} && $state =~ /^0[18]$/ }
        <$in>;
}

sub all_are_gone { return AepServer::wait_until(sub { !connections() }, 30) }

sub abort_all {
    my ($round, $ways, $in_between) = @_;
    my $count = 0;
    for my $name (sort keys %said) {
        my $text = $said{$name};
        for my $size (1 .. length $text) {
            come($name, substr($text, 0, $size), $_ // $size % 2) for @$ways;
            is_served("$name, after byte $size") if ++$count % 100 == 0;
            $in_between->() if $count % 700 == 0;
        }
    }
    leave(@{ shift @open }) while @open;
    is(scalar @unserved, 0, "$round: whoever stays is served") or diag join "\n", grep { defined } @unserved[0 .. 9];
    ok(all_are_gone(), "$round: no connection stays behind");
    return;
}

# In the middle of an answer: some of it is read, which makes room for the next bit, and then they go.
sub abort_answers {
    for my $name (grep { /page|SDK/ } sort keys %said) {
        for my $size (map { ($_, 100 * $_, 5000 * $_) } 0 .. 40) {
            my $port    = $name =~ /HTTP.2/ ? $server->tls_port : $server->port;
            my $waiting = AepClient->new($port)->begin_raw($said{$name});
            my $left    = $size;
            while ($left > 0 && IO::Select->new($waiting->socket)->can_read(0.02)) {
                $left -= $waiting->socket->sysread(my $text, $left) || last;
            }
            leave($waiting, $size % 2);
        }
        is_served("$name, in the middle");
    }
    is(scalar @unserved, 0, 'in the middle of answers: whoever stays is served') or diag join "\n", @unserved;
    ok(all_are_gone(), 'in the middle of answers: no connection stays behind');
    return;
}

my @both = $ENV{AEP_QUICK} ? (undef) : (0, 1);
abort_answers();
abort_all('in peace', \@both, sub { });
abort_all('with reloads', \@both, sub { ok($server->reload, 'a reload') });

my %killed;
abort_all('with workers that are killed', [undef], sub {
    my ($victim) = $server->workers;
    $killed{$victim} = 1;
    kill KILL => $victim;
    ok(AepServer::wait_until(sub { my @now = grep { $_ != $victim } $server->workers; @now >= 2 }), 'another worker');
});
note "$aborted requests and answers were broken off";

ok($server->queue->becomes_empty, 'nothing stays in the queue');
$server->quit;
my @faults = grep { /$AepServer::fault/ && !(/ (\d+) exited on signal 9/ && $killed{$1}) } split /\n/, $server->log;
is(join("\n", @faults), '', 'no fault in all of it');
ok(defined $server->{status} && $server->{status} == 0, 'nginx ends as it should');
done_testing;
